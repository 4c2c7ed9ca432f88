import { test as suiteTest, type Teaching } from "@tcpip-workshop/grader/suite";

/** Milliseconds for a call: far more than `until` waits, so that what is told is the rule that was broken. */
const deadline = 30_000;

export function test(title: string, teaching: Teaching, body: () => Promise<void>): void {
  suiteTest(title, { ...teaching, deadline }, body);
}
