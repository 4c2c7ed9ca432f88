// The smallest suite there is, for answers of which it is known what must come of them.
import { answer, expect, Random, seed, test } from "@tcpip-workshop/grader/suite";

const sum = answer<typeof import("./answers/right/sum.ts")>("./sum.ts");

test("adds two numbers that nobody has told it before", { why: "", read: "" }, async () => {
  const random = new Random(seed());
  const [a, b] = [random.integer(1, 1_000_000), random.integer(1, 1_000_000)];
  expect(await sum.add(a, b)).toBe(a + b);
});
