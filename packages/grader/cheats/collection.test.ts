import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { allTried, alone, handIn, readCheats, together, type Cheat, type HandedIn } from "./harness/cheat.ts";
import { damageOf, type Damage } from "./harness/damage.ts";
import { whyNoSeal } from "./harness/seal-here.ts";
import { Stage } from "./harness/stage.ts";
import { gradeInProcess, gradeOpen, gradeSealed, type Outcome } from "./harness/targets.ts";

type Target = (folder: string, stage: Stage, within: number) => Promise<Outcome>;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cheats = readCheats();
const solution = alone({ source: readFileSync(here("solution/answer.ts"), "utf8") });
const noSeal = whyNoSeal();

/** Milliseconds by the clock. Who never ends need not be waited for long; all others have time, also on a busy machine. */
const patience = { hanging: 2000, ending: 40_000 };
/** Of a test: longer than any grading, so that each is ended by us, with all that came of it. */
const timeout = 90_000;
/** So many load within an answer's deadline for that. */
const perBatch = 12;

const weakest: { [works in Cheat["works"]]: Target } = { "in-process": gradeInProcess, unsealed: gradeOpen };
const sealed: Target = (...at) => gradeSealed(...at, false);
const sealAlone: Target = (...at) => gradeSealed(...at, true);

test("README.md lists what the cheats say of themselves", () => {
  const [, list = ""] = readFileSync(here("README.md"), "utf8").split("\n## The list\n");
  const rows = cheats.map(
    ({ name, tries, works, proof }) => `| \`${name}\` | ${tries} | ${works} | ${proof} |`,
  );
  expect(list.split("\n").filter((line) => line.startsWith("| `"))).toEqual(rows);
});

test("there are at least sixty, of each kind some", () => {
  expect(cheats.length).toBeGreaterThanOrEqual(60);
  expect(new Set(cheats.map(({ proof }) => proof)).size).toBe(6);
});

// Shown to succeed, so that it is known that the other half can fail: by itself all of them are, beside all else that is proven some, by chance.
const isAll = process.env["ALL_CHEATS"] === "1";
const shown = isAll ? cheats : byChance(cheats, 20);
const half = `where nothing stops it${isAll ? "" : ` (${shown.length} of ${cheats.length}, by chance; all with ALL_CHEATS=1)`}`;
describe.concurrent(half, { timeout }, () => {
  test.each(shown)("$name succeeds ($works, $proof): $tries", async (cheat) => {
    const within = cheat.proof === "hangs" ? patience.hanging : patience.ending;
    const { damage, outcome } = await gradeOnStage(alone(cheat), weakest[cheat.works], within);
    const proofs = damage.map(({ proof }) => proof);
    expect(proofs, `${JSON.stringify(damage)}\n${outcome.text.slice(0, 2000)}`).toContain(cheat.proof);
  });

  test.each(Object.entries(weakest))("a right answer passes (%s)", async (_, target) => {
    const { damage } = await gradeOnStage(solution, target, patience.ending);
    expect(damage.map(({ proof }) => proof)).toContain("passes");
  });
});

const title = noSeal === undefined ? "sealed" : `sealed: skipped, for ${noSeal}`;
describe.skipIf(noSeal !== undefined).concurrent(title, { timeout }, () => {
  // By what they do while they are loaded. Those aside would end the others, or drown what they print.
  const tried = cheats.filter(({ proof, source }) => proof !== "hangs" && !/^export /m.test(source));
  const [aside, batched] = [tried.filter(standsAlone), tried.filter((cheat) => !standsAlone(cheat))];
  const batches = Array.from({ length: Math.ceil(batched.length / perBatch) }, (_, at) =>
    batched.slice(at * perBatch, (at + 1) * perBatch),
  ).map((batch) => ({ batch, names: batch.map(({ name }) => name).join(", ") }));

  // The others are in the batches, behind the seal alone.
  test.each(isAll ? cheats : cheats.filter((cheat) => !batched.includes(cheat)))(
    "$name comes to nothing",
    async (cheat) => {
      const { damage, outcome } = await gradeOnStage(alone(cheat), sealed, patience.ending);
      expect(damage, outcome.text.slice(0, 2000)).toEqual([]);
      expect(outcome.verdict?.status).not.toBe("pass");
      // Not that it could not even be read.
      expect(outcome.text).not.toContain("SyntaxError");
    },
  );

  test.each(aside)("$name comes to nothing, without Node's permission model", async (cheat) => {
    const { damage, outcome } = await gradeOnStage(alone(cheat), sealAlone, patience.ending);
    expect(damage, outcome.text.slice(0, 2000)).toEqual([]);
  });

  test.each(batches)("without Node's permission model, nothing comes of $names", async ({ batch }) => {
    const { damage, outcome } = await gradeOnStage(together(batch), sealAlone, patience.ending);
    expect(outcome.text).toContain(allTried);
    expect(damage, outcome.text.slice(0, 5000)).toEqual([]);
  });
});

test.skipIf(noSeal !== undefined)(
  "after all of them, a right answer passes sealed",
  { timeout },
  async () => {
    const { damage } = await gradeOnStage(solution, sealed, patience.ending);
    expect(damage.map(({ proof }) => proof)).toEqual(["passes"]);
  },
);

function byChance<T>(all: readonly T[], count: number): T[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(Math.random() * left.length), 1),
  ).flat();
}

function standsAlone({ name, proof }: Cheat): boolean {
  return (
    proof === "passes" || /^(?:copies|endless|huge|much|heap|own-memory|kills-the|interrupts-the)/.test(name)
  );
}

async function gradeOnStage(
  answer: HandedIn,
  target: Target,
  within: number,
): Promise<{ damage: Damage[]; outcome: Outcome }> {
  await using stage = await Stage.set(Object.values(answer.files).join("\n"));
  // Where the packages are found by their names.
  mkdirSync(here("../.cache"), { recursive: true });
  const folder = mkdtempSync(here("../.cache/cheat-"));
  try {
    const outcome = await target(handIn(answer, stage.scene, folder), stage, within);
    return { damage: damageOf(outcome, stage), outcome };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
