import { expect, test } from "vitest";
import { Typing } from "./typing.ts";

/** What is heard of these chunks, each so many milliseconds after the one before. */
function heard(chunks: string[], pause = 0): { keys: string; pastes: number } {
  const typing = new Typing();
  const all = chunks.map((chunk, index) => typing.hear(chunk, index * pause));
  return {
    keys: all.flatMap(({ characters }) => characters).join(""),
    pastes: all.filter(({ isPaste }) => isPaste).length,
  };
}

test("a chunk of one character is a key, and so is a key held down, and are a few that come together", () => {
  expect(heard(["hl", "\u001A?"])).toEqual({ keys: "hl\u001A?", pastes: 0 });
  expect(heard(["h", "l", "ttt", "é"])).toEqual({ keys: "hlttté", pastes: 0 });
});

test.each([
  "\u001B[A",
  "\u001BOP",
  "\u001B[15~",
  "\u001B[<0;3;4M",
  "\u001B[1;5C",
  "\u001B[[A",
  "\u001B\u001B[D",
])("an arrow, a function key or a mouse report is no key, and what stands beside it is: %j", (sequence) => {
  expect(heard([sequence, `${sequence}h`])).toEqual({ keys: "h", pastes: 0 });
});

test.each([1, 2, 3, 4])("nor is one that comes in two pieces, cut after %i characters", (at) => {
  const sequence = "\u001B[1;5D";
  expect(heard([sequence.slice(0, at), sequence.slice(at), "h"])).toEqual({ keys: "h", pastes: 0 });
});

test("ESC alone is nothing, and takes nothing of the key after it", () => {
  expect(heard(["\u001B", "h"], 1000)).toEqual({ keys: "h", pastes: 0 });
});

test("Alt and a key is not that key", () => {
  expect(heard(["\u001Bq", "\u001Bs", "h"])).toEqual({ keys: "h", pastes: 0 });
});

test("what is pasted is no keys, and what is typed behind it is", () => {
  expect(heard(["\u001B[200~async any\r\u001B[201~", "h"])).toEqual({ keys: "h", pastes: 1 });
  expect(heard(["\u001B[200~s\u001B[201~h"])).toEqual({ keys: "h", pastes: 1 });
});

test("nor is it in several chunks, however its marks are cut, and however long it takes", () => {
  const text = "\u001B[200~sync = system.retry();\u001B[201~";
  for (let at = 1; at < text.length; at++)
    expect(heard([text.slice(0, at), text.slice(at), "h"]).keys, `cut after ${at}`).toBe("h");
  expect(heard(["\u001B[200~sy", "s", "y", "\u001B[201~", "h"], 1000).keys).toBe("h");
});

test("nor is what comes at once in a terminal that marks no pastes", () => {
  expect(heard(["const sync = system.retry();", "h"])).toEqual({ keys: "h", pastes: 1 });
});

test("Ctrl-C is heard in whatever it comes", () => {
  expect(heard(["abc\u0003d"]).keys).toBe("\u0003");
  expect(heard(["\u001B[200~never ended", "\u0003"]).keys).toBe("\u0003");
});
