import { expect, quietly, type Answer } from "@tcpip-workshop/grader/suite";
import { digits, hex } from "./bytes.ts";
import { told } from "./told.ts";

/** Expects so many bytes in all, and these at these indices, each for the rule that says so. */
export function stands(
  bytes: Uint8Array | undefined,
  length: number,
  wanted: [at: number, digits: string, rule: string][],
  why = `Its header and what it carries make ${length} bytes`,
): void {
  expect(bytes instanceof Uint8Array ? `${bytes.length} bytes` : bytes, why).toBe(`${length} bytes`);
  for (const [at, expected, rule] of wanted) {
    expect(digits(bytes?.slice(at, at + expected.split(" ").length)), rule).toBe(expected);
  }
}

/** Expects Internet checksums, as they are spelled in hexadecimal. */
export function sumsOf(answer: Answer<typeof import("../encapsulation.ts")>) {
  return async (bytes: string | Uint8Array, expected: string, rule: string): Promise<void> => {
    let outcome = "";
    const judge = async () => {
      const sum = await quietly(() =>
        answer.internetChecksum(typeof bytes === "string" ? hex(bytes) : bytes),
      ).catch((error: Error) => {
        outcome = `→ ${error.name === "AnswerFailure" ? "no answer" : `threw ${error.name}: ${error.message}`}`;
        throw error;
      });
      const came = typeof sum === "number" ? `0x${sum.toString(16).padStart(4, "0")}` : sum;
      outcome = `→ ${came}`;
      expect(came, rule).toBe(expected);
      return expected;
    };
    await told(
      `internetChecksum(${typeof bytes === "string" ? bytes : `${bytes.length} bytes of ff`})`,
      judge,
      () => outcome,
    );
  };
}
