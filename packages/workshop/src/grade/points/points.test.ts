import { describe, expect, test } from "vitest";
import { readPoints } from "./points.ts";
import type { PointedExercise } from "./points-file.ts";

const framing = exercise("04-framing", ["packs", "unpacks", "counts # signs"]);
const pool = exercise("07-time-wait", ["reuses", "closes"]);
const budget = exercise("12-timeout-budget", ["ends"]);
const exercises = [framing, pool, budget];
const tracks = [
  { name: "payments", title: "", labels: ["04-framing", "12-timeout-budget"] },
  { name: "onboarding", title: "", labels: ["04-framing"] },
];

function exercise(label: string, titles: string[]): PointedExercise {
  return { label, hints: titles.map((title) => ({ title, levels: [] })) };
}

/** `04-framing 10: packs 1, unpacks 1`. */
function read(text: string | undefined): string[] {
  return readPoints(text, exercises, { file: "course.txt", tracks }).map(
    ({ label, points, tests }) =>
      `${label} ${points}: ${tests.map(({ title, weight }) => `${title} ${weight}`).join(", ")}`,
  );
}

describe("points", () => {
  test.each([undefined, "", "# nothing but a comment\n\n"])("are 10 and weights of 1 by %j", (text) => {
    expect(read(text)).toEqual([
      "04-framing 10: packs 1, unpacks 1, counts # signs 1",
      "07-time-wait 10: reuses 1, closes 1",
      "12-timeout-budget 10: ends 1",
    ]);
  });

  test("are what the file says of an exercise and its tests", () => {
    const text =
      "\uFEFF# Spring\r\n04-framing 20 # the first\r\n\t3 packs\r\n  # easy\r\n  0.5 unpacks  # too\r\n  2 counts # signs\r\n\r\n7 0\r\ntimeout-budget 1\r\n";
    expect(read(text)).toEqual([
      "04-framing 20: packs 3, unpacks 0.5, counts # signs 2",
      "07-time-wait 0: reuses 1, closes 1",
      "12-timeout-budget 1: ends 1",
    ]);
  });

  test.each([
    ["track payments 60", [30, 10, 30]],
    ["track payments 60\n04 20", [20, 10, 40]],
    ["04 20\n12 40\ntrack payments 60", [20, 10, 40]],
    ["track payments 0.01", [0.01, 10, 0]],
    ["track payments 0", [0, 10, 0]],
  ])("of a track are shared by those that the file %j gives none", (text, points) => {
    expect(readPoints(text, exercises, { tracks }).map((each) => each.points)).toEqual(points);
  });

  test.each([
    [
      "04 20\ntrack payments 20",
      "course.txt, line 2: expected more than 20 points for the track payments, which other lines give to 04-framing, got 20",
    ],
    [
      "track payments 60\n04 20\n12 10.5",
      "course.txt, line 1: expected 30.5 points for the track payments, for each of its exercises has a line, and these say so, got 60",
    ],
  ])("that would not come out as they are written are refused: %j", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: "UserError", message }));
  });

  test.each([
    ["04", 'line 1: expected an exercise and its points, such as "04 20", got "04"'],
    ["04 20 30", 'line 1: expected an exercise and its points, such as "04 20", got "04 20 30"'],
    ["\n4-framin 20", 'line 2: expected an exercise, got "4-framin". The nearest: 04-framing'],
    ["xx 20", 'expected an exercise, got "xx"'],
    ["04 twenty", 'line 1: expected points from 0 to 10000, with two decimals at most, got "twenty"'],
    ["04 -1", 'got "-1"'],
    ["04 1e3", 'got "1e3"'],
    ["04 0x10", 'got "0x10"'],
    ["04 1.005", 'got "1.005"'],
    ["04 10001", 'got "10001"'],
    ["04 20\nframing 20", "line 2: expected each exercise once, got 04-framing again"],
    ["  2 packs", 'line 1: expected an exercise, such as "04 20", before its tests, got "2 packs"'],
    ["track payments 9\n  2 packs", 'line 2: expected an exercise, such as "04 20", before its tests'],
    ["04 20\n  2", 'line 2: expected a weight and the title of a test, got "2"'],
    [
      "04 20\n  many packs",
      'line 2: expected a weight from 0 to 10000, with two decimals at most, got "many"',
    ],
    [
      "04 20\n  2 unpack",
      'line 2: expected the title of a test of 04-framing, got "unpack". The nearest: "unpacks"',
    ],
    ["04 20\n  2 packs\n  3 packs", 'line 3: expected each test once, got "packs" again'],
    ["07 20\n  0 reuses\n  0 closes", "expected a test of 07-time-wait with a weight above 0, got none"],
    ["track 60", 'line 1: expected a track and its points, such as "track payments 60", got "track 60"'],
    ["track pay 60", 'line 1: expected a track, got "pay". There are: payments, onboarding'],
    [
      "track payments 60\ntrack onboarding 40",
      'line 2: expected tracks without an exercise in common, got 04-framing, which is in "track payments" of line 1, too',
    ],
    ["#".repeat(1_000_001), "expected at most 1000000 characters, got 1000001"],
  ])("say where %j is wrong", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: "UserError" }));
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(/^course\.txt/);
  });
});
