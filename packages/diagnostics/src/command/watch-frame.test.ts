import { describe, expect, test } from "vitest";
import { parseSs } from "../text/parse-ss.ts";
import { countStates } from "../sockets/count-states.ts";
import { changesBetween } from "./changes.ts";
import { painter } from "./paint.ts";
import { frame } from "./watch-frame.ts";

const before = parseSs(
  "ESTAB 0 0 127.0.0.1:1 127.0.0.1:2\nESTAB 0 0 127.0.0.1:3 127.0.0.1:2\nLISTEN 0 9 *:2 *:*",
);
const after = parseSs(
  "CLOSE-WAIT 0 0 127.0.0.1:1 127.0.0.1:2\nESTAB 0 0 127.0.0.1:4 127.0.0.1:2\nLISTEN 0 9 *:2 *:*",
);

function drawn(size: { columns: number; rows: number }, colors = false): string[] {
  const reading = {
    sockets: after.length,
    states: countStates(after),
    changes: changesBetween(before, after),
    counters: { "TcpExt.ListenOverflows": 3, "Tcp.InSegs": 99 },
  };
  return frame(reading, countStates(before), size, painter(colors));
}

describe("changesBetween", () => {
  test("tells who came, who went, and who moved to another state", () => {
    const { appeared, moved, gone } = changesBetween(before, after);
    expect(appeared.map(({ local }) => local.port)).toEqual([4]);
    expect(gone.map(({ local }) => local.port)).toEqual([3]);
    expect(moved.map(({ from, socket }) => [from, socket.state])).toEqual([["ESTABLISHED", "CLOSE-WAIT"]]);
    expect(changesBetween(after, after)).toEqual({ appeared: [], moved: [], gone: [] });
  });
});

describe("frame", () => {
  test("shows counts and by how much they changed, counters of trouble, and each change", () => {
    const lines = drawn({ columns: 80, rows: 24 });
    expect(lines[0]).toContain("3 sockets, 1 new, 1 moved, 1 gone");
    expect(lines.find((line) => line.startsWith("ESTAB"))).toMatch(/ 1 █+ −1$/);
    expect(lines.find((line) => line.startsWith("CLOSE-WAIT"))).toMatch(/ 1 █+ \+1$/);
    expect(lines).toContain("TcpExt.ListenOverflows +3");
    expect(lines).toContain("~ tcp 127.0.0.1:1 127.0.0.1:2 ESTAB → CLOSE-WAIT");
    expect(lines).toContain("+ tcp 127.0.0.1:4 127.0.0.1:2 ESTAB");
    expect(lines).toContain("− tcp 127.0.0.1:3 127.0.0.1:2 ESTAB");
  });

  test("stays within the screen, however small", () => {
    for (const size of [
      { columns: 40, rows: 5 },
      { columns: 80, rows: 8 },
      { columns: 120, rows: 1 },
    ]) {
      const lines = drawn(size);
      expect(lines.length).toBeLessThanOrEqual(size.rows);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(size.columns);
    }
  });

  test("highlights what changed", () => {
    expect(drawn({ columns: 80, rows: 24 }, true).join("\n")).toContain("\u001B[33m~ tcp");
  });
});
