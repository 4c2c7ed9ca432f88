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
export function expectWaits(waits: readonly number[], ceilings: readonly number[], attempts: string): void {
  const { length } = ceilings;
  const rule = `${attempts} have ${length} waits between them, each a call of \`sleep\``;
  const calls = (count: number) => `${count} calls of \`sleep\``;
  expect(calls(waits.length), rule).toBe(calls(length));
  for (const [index, ceiling] of ceilings.entries()) {
    const wait = waits[index] ?? 0;
    const right = `${ceiling / 2} … ${ceiling} ms`;
    const shown = wait >= ceiling / 2 && wait <= ceiling ? right : `≈${wait.toFixed(1)} ms`;
    const from = `The wait behind attempt ${index + 1} is from half of its ceiling, ${ceiling} ms, up to all of it`;
    expect(shown, from).toBe(right);
  }
}
