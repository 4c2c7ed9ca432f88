import { expect } from "@tcpip-workshop/grader/suite";

/** A `sleep` that writes down how long, and does not wait. */
export function sleeper() {
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    if (waits.push(milliseconds) > 20) throw new Error("Expected an end, got twenty waits and another one");
  };
  return { waits, sleep };
}

/** Each wait is from half of its ceiling up to all of it. */
export function expectWaits(waits: readonly number[], ceilings: readonly number[]): void {
  const { length } = ceilings;
  const rule = `${length + 1} attempts have ${length} waits between them, each a call of \`sleep\``;
  expect(waits.length, rule).toBe(length);
  for (const [index, ceiling] of ceilings.entries()) {
    const wait = waits[index] ?? 0;
    const right = `${ceiling / 2} … ${ceiling}`;
    const shown = wait >= ceiling / 2 && wait <= ceiling ? right : `≈${wait.toFixed(1)}`;
    const from = `The wait after attempt ${index + 1} is from half of its ceiling up to all of it`;
    expect(shown, from).toBe(right);
  }
}
