import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { handIn, readCheats, type Cheat } from "./harness/cheat.ts";
import { damageOf, type Damage } from "./harness/damage.ts";
import { whyNoSeal } from "./harness/seal-here.ts";
import { Stage } from "./harness/stage.ts";
import { gradeInProcess, gradeOpen, gradeSealed, type Outcome } from "./harness/targets.ts";

type Target = (folder: string, stage: Stage, within: number) => Promise<Outcome>;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cheats = readCheats();
const solution = { name: "the solution", source: readFileSync(here("solution/answer.ts"), "utf8") };
const noSeal = whyNoSeal();

/** Milliseconds by the clock. Who never ends need not be waited for long; all others have time, also on a busy machine. */
const patience = { hanging: 2000, ending: 60_000 };

const weakest: { [works in Cheat["works"]]: Target } = { "in-process": gradeInProcess, unsealed: gradeOpen };

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

describe.concurrent("where nothing stops it", () => {
  test.each(cheats)("$name succeeds ($works, $proof): $tries", async (cheat) => {
    const within = cheat.proof === "hangs" ? patience.hanging : patience.ending;
    const { damage, outcome } = await gradeOnStage(cheat, weakest[cheat.works], within);
    const proofs = damage.map(({ proof }) => proof);
    expect(proofs, `${JSON.stringify(damage)}\n${outcome.text.slice(0, 2000)}`).toContain(cheat.proof);
  });

  test.each(Object.entries(weakest))("the solution passes (%s)", async (_, target) => {
    const { damage } = await gradeOnStage(solution, target, patience.ending);
    expect(damage.map(({ proof }) => proof)).toContain("passes");
  });
});

describe
  .skipIf(noSeal !== undefined)
  .concurrent(noSeal === undefined ? "sealed" : `sealed: skipped, for ${noSeal}`, () => {
    const sealed: Target = (...at) => gradeSealed(...at, false);
    const sealAlone: Target = (...at) => gradeSealed(...at, true);

    test.each(cheats)("$name comes to nothing", async (cheat) => {
      const { damage, outcome } = await gradeOnStage(cheat, sealed, patience.ending);
      expect(damage, outcome.text.slice(0, 2000)).toEqual([]);
      expect(outcome.verdict?.status).not.toBe("pass");
    });

    test.each(cheats)("$name comes to nothing without Node's permission model", async (cheat) => {
      const { damage, outcome } = await gradeOnStage(cheat, sealAlone, patience.ending);
      expect(damage, outcome.text.slice(0, 2000)).toEqual([]);
      expect(outcome.verdict?.status).not.toBe("pass");
    });
  });

test.skipIf(noSeal !== undefined)("after all of them, the solution passes sealed", async () => {
  const { damage } = await gradeOnStage(solution, (...at) => gradeSealed(...at, false), patience.ending);
  expect(damage.map(({ proof }) => proof)).toEqual(["passes"]);
});

async function gradeOnStage(
  cheat: Pick<Cheat, "name" | "source">,
  target: Target,
  within: number,
): Promise<{ damage: Damage[]; outcome: Outcome }> {
  await using stage = await Stage.set(cheat.source);
  // Where the packages are found by their names.
  mkdirSync(here("../.cache"), { recursive: true });
  const folder = mkdtempSync(here("../.cache/cheat-"));
  try {
    const outcome = await target(handIn(cheat, stage.scene, folder), stage, within);
    return { damage: damageOf(outcome, stage), outcome };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
