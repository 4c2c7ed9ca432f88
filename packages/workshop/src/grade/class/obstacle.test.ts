import { expect, test } from "vitest";
import { obstacleIn } from "./obstacle.ts";

test.each([
  ["Loading framing.ts never settled: after 10 s its promise was still pending", "loading"],
  [
    "The process of framing.ts exited with code 0 while the test was still talking to it. It printed nothing.",
    "ended",
  ],
  [
    "The process of framing.ts exited with code 0 while the test was still talking to it. The last it printed:\nbye",
    "ended",
  ],
  [
    "The process of framing.ts ended by SIGKILL while the test was still talking to it. It printed nothing.",
    "ended",
  ],
  [
    "The process of framing.ts exited with code 1 while the test was still talking to it. The last it printed:\nError: boom",
    undefined,
  ],
  ["`decoder.push` threw Error: The process of framing.ts exited with code 0 while", undefined],
  ["Expected 2 frames, got 1", undefined],
])("%s: %s", (problem, expected) => {
  expect(obstacleIn({ blame: "answer", problem, steps: [] })).toBe(expected);
});

test("a file that could not be loaded, whatever it says", () => {
  expect(obstacleIn({ blame: "answer", problem: "no such export", steps: [], isLoading: true })).toBe(
    "loading",
  );
});
