import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { handIn } from "../../testing/hand-in.ts";
import { tarBytes } from "../../testing/tar-bytes.ts";
import { zipBytes } from "../../testing/zip-bytes.ts";
import { stage } from "./stage.ts";
import type { Submission } from "./submission.ts";

describe("stage", () => {
  test("writes exactly the answer's files, to be read only", async () => {
    using mine = handIn();
    mine.write("me/04-framing/framing.ts", "mine");
    mine.write("me/04-framing/framing.test.ts", "patched");
    const answer = (await mine.read("me")).answers.get("04-framing");
    if (answer === undefined) throw new Error("Expected an answer");
    const folder = join(mine.folder, "staged/04-framing");
    await stage(answer, folder);
    expect(readdirSync(folder)).toEqual(["framing.ts"]);
    expect(readFileSync(join(folder, "framing.ts"), "utf8")).toBe("mine");
    expect(lstatSync(join(folder, "framing.ts")).mode & 0o777).toBe(0o444);
  });

  test("writes into no folder that is there already, nor through a link", async () => {
    using mine = handIn();
    mine.write("me/04-framing/framing.ts", "mine");
    const answer = (await mine.read("me")).answers.get("04-framing");
    if (answer === undefined) throw new Error("Expected an answer");
    mkdirSync(join(mine.folder, "there"));
    symlinkSync("there", join(mine.folder, "link"));
    for (const name of ["there", "link"])
      await expect(stage(answer, join(mine.folder, name))).rejects.toMatchObject({ code: "EEXIST" });
    expect(readdirSync(join(mine.folder, "there"))).toEqual([]);
  });

  test("whatever an archive holds, only the exercises' files come out, in their place", async () => {
    using mine = handIn();
    const random = chance(0xc1a55);
    let taken = 0;
    for (let round = 0; round < 300; round++) {
      const entries = Array.from({ length: 1 + random(6) }, () => randomEntry(random));
      const zipped = random(2) === 0;
      const bytes = zipped ? zipBytes(entries) : tarBytes(entries);
      // Some are damaged on their way.
      if (random(3) === 0) bytes[random(bytes.length)] = random(256);
      const name = `${round}.${zipped ? "zip" : "tar"}`;
      mine.write(name, bytes);
      taken += await stageAll(await mine.read(name), join(mine.folder, `staged-${round}`));
    }
    // Else it would have shown nothing.
    expect(taken).toBeGreaterThan(30);
    const names = readdirSync(mine.folder).filter((name) => !/^(?:\d+\.(?:zip|tar)|staged-\d+)$/.test(name));
    expect(names).toEqual([]);
  });
});

/** @returns how many files came out */
async function stageAll({ answers, refused, ignored, problem }: Submission, folder: string): Promise<number> {
  let files = 0;
  for (const [label, answer] of answers) {
    await stage(answer, join(folder, label));
    for (const path of readdirSync(join(folder, label), { recursive: true })) {
      const file = join(label, String(path));
      expect(["04-framing/framing.ts", "05-echo/echo.ts"]).toContain(file);
      expect(lstatSync(join(folder, file)).isFile()).toBe(true);
      files++;
    }
  }
  const said = [...refused.flatMap((one) => [one.path, one.reason]), ...ignored, problem ?? ""].join("\0");
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  expect(said).not.toMatch(/[\u0001-\u001F\u007F-\u009F]|::|##/);
  return files;
}

const parts = [
  "..",
  ".",
  "",
  "04-framing",
  "05-echo",
  "exercises",
  "me",
  "C:",
  "\\",
  "a\nb",
  "::error::x",
  "##vso[x]",
];
const files = ["framing.ts", "echo.ts", "Framing.ts", "fr\u0430ming.ts", "framing.ts\0", "x"];
const honest = ["04-framing/framing.ts", "exercises/05-echo/echo.ts", "me/exercises/04-framing/framing.ts"];

function randomEntry(random: (below: number) => number): {
  name: string;
  content: string;
  mode: number;
  type: string;
} {
  const pick = (list: string[]): string => list[random(list.length)] ?? "";
  const folders = Array.from({ length: random(4) }, () => pick(parts));
  const name = random(2) === 0 ? pick(honest) : [...folders, pick(files)].join("/");
  const isLink = random(6) === 0;
  return { name, content: "../../secret", mode: isLink ? 0o120777 : 0o100644, type: isLink ? "2" : "0" };
}

/** The same numbers each time: a linear congruential generator with Knuth's factor. */
function chance(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}
