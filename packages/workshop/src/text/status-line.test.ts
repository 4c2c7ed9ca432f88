import { expect, test, vi } from "vitest";
import { duration, StatusLine } from "./status-line.ts";

/** What was written, with the clock in our hands. */
function written(
  isTTY: boolean,
  work: (line: StatusLine, tick: (milliseconds: number) => void) => void,
): string[] {
  vi.useFakeTimers({
    now: 0,
    toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval", "performance"],
  });
  vi.stubEnv("TERM", "xterm");
  try {
    const writes: string[] = [];
    const out = { isTTY, columns: 20, write: (text: string) => writes.push(text) };
    const line = new StatusLine(out, (ms) => `so far ${ms / 1000} s, and more words`, {
      everyInLogs: 20_000,
    });
    work(line, (milliseconds) => vi.advanceTimersByTime(milliseconds));
    return writes;
  } finally {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  }
}

test("what is over within a second is not spoken of", () => {
  const writes = written(true, (line, tick) => {
    tick(900);
    line[Symbol.dispose]();
    tick(5000);
  });
  expect(writes).toEqual([]);
});

test("on a terminal one line is written anew, shorter than the window, and taken away at the end", () => {
  const writes = written(true, (line, tick) => {
    tick(1200);
    line[Symbol.dispose]();
    tick(5000);
  });
  expect(writes).toEqual(["\r\u001B[Kso far 1 s, and mor", "\r\u001B[Kso far 1.2 s, and m", "\r\u001B[K"]);
});

test("in a log there is a line now and then, and nothing is rewritten", () => {
  const writes = written(false, (line, tick) => {
    tick(45_000);
    line[Symbol.dispose]();
  });
  expect(writes).toEqual(["so far 20 s, and more words\n", "so far 40 s, and more words\n"]);
});

test("a duration is in seconds, and from a minute on in minutes", () => {
  expect([400, 59_900, 65_000].map(duration)).toEqual(["0.4 s", "59.9 s", "1 min 05 s"]);
});
