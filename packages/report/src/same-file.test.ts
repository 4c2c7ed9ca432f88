import { expect, test } from "vitest";
import { sameFiles } from "./same-file.ts";
import { absent, classReport, failed, learner, passed } from "./testing/class-report.ts";

test("learners who handed in the same bytes stand together, but for the stub and for nothing", () => {
  const own = (letter: string) => ({ ...failed, answerHash: letter.repeat(64) });
  const stub = { ...absent, answerHash: "5".repeat(64), isStub: true };
  const submissions = [
    learner("alice", passed),
    learner("bob", own("b")),
    learner("carol", passed),
    learner("dave", stub),
    learner("erin", stub),
    learner("frank", absent),
    learner("gina", absent),
    ...["x", "y", "z"].map((id) => learner(id, own("d"))),
  ];
  const found = sameFiles({ ...classReport, submissions });
  expect(found.map(({ exercise, submissions }) => [exercise, submissions.map(({ id }) => id)])).toEqual([
    ["04-framing", ["x", "y", "z"]],
    ["04-framing", ["alice", "carol"]],
  ]);
});
