import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Seed } from "./seed.ts";
import { GraderProcess } from "./testing/grader-process.ts";
import { writeExercise } from "./testing/write-exercise.ts";

const seed = Seed.parse("9e3779b97f4a7c15f39cc0605cedc834");
const answer = "export const count = (bytes: Uint8Array): number => bytes.length;";

/** All that the grader tells other processes while it grades an answer to a suite whose test says this. */
async function overheard(body: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "overheard-"));
  try {
    const to = join(folder, "told");
    await using grader = new GraderProcess({ overhear: to });
    using exercise = writeExercise(`test("counts", teaching, async () => { ${body} });`, answer, ["counts"]);
    const verdict = await grader.grade(exercise, exercise.folder, { seed: seed.digits });
    expect(verdict).toMatchObject({ status: "pass", seed: seed.digits });
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The seed, or any of its four words, in digits or in bytes of either order. */
function tracesIn(told: Buffer): string[] {
  const words = [...seed.upper, seed.lower].flatMap((word) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(word);
    const hex = bytes.toString("hex");
    return [
      { as: hex, bytes: Buffer.from(hex) },
      { as: hex.toUpperCase(), bytes: Buffer.from(hex.toUpperCase()) },
      { as: `${word}`, bytes: Buffer.from(`${word}`) },
      { as: `${word | 0}`, bytes: Buffer.from(`${word | 0}`) },
      { as: `the bytes ${hex}`, bytes },
      { as: `the bytes ${hex}, turned`, bytes: Buffer.from(bytes.toReversed()) },
    ];
  });
  return words.filter(({ bytes }) => told.includes(bytes)).map(({ as }) => as);
}

test("the seed is in nothing that an answer is told: no argument, no environment, no frame", async () => {
  const told = await overheard(
    `const data = new Random(seed()).bytes(3000); expect(await module.count(data), seed().digits).toBe(3000);
     expect(await module.count(Uint8Array.of(115, 101, 110, 116)), "sent").toBe(4);`,
  );
  // What must be in it is: the process's arguments, its environment, and a frame's bytes.
  const due = ["spawn [", "answer.ts", "TCPIP_ANSWER", '"count"', "sent"];
  expect(due.filter((seen) => told.includes(seen))).toEqual(due);
  expect(tracesIn(told)).toEqual([]);
});

test("a seed that is told would be found, as text and as a number", async () => {
  expect(tracesIn(await overheard("await module.count([seed().digits]);"))).toContain("9e3779b9");
  expect(tracesIn(await overheard("await module.count([seed().lower]);"))).toContain(`${seed.lower}`);
});
