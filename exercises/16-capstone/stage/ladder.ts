import { expect, type Teaching, test as suiteTest } from "@tcpip-workshop/grader/suite";

/** The rungs that hold. */
const proven = new Set<string>();

/** One defence by itself. */
export function test(title: string, teaching: Teaching, body: () => Promise<void>): void {
  suiteTest(title, teaching, async () => {
    await body();
    proven.add(title);
  });
}

/** All of them at once: staged when each one holds by itself, for else it would only say the same again. */
export function storm(title: string, teaching: Teaching, body: () => Promise<void>): void {
  suiteTest(title, teaching, async () => {
    const rule = "The storm is staged when each defence holds by itself";
    expect(proven.size < 12 ? "not yet" : "all twelve hold", rule).toBe("all twelve hold");
    await body();
  });
}
