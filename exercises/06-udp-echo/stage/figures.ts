import { expect } from "@tcpip-workshop/grader/suite";

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Which wait it was differs from run to run: one that is right is shown as its span. */
export function expectInside(wait: number, [least, most]: [number, number], rule: string): void {
  const span = `from ${least} to ${most} ms`;
  expect(wait >= least && wait <= most ? span : `≈${wait.toFixed(1)} ms`, rule).toBe(span);
}
