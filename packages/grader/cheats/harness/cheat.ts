import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Scene } from "../scene.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** What a cheat brings about; see the table in README.md. */
export const proofs = ["passes", "loot", "leaves", "hangs", "harms", "forges"] as const;
export type Proof = (typeof proofs)[number];

export interface Cheat {
  /** The file's name, without its ending. */
  name: string;
  /** What it tries, in a line. */
  tries: string;
  /** Where it is shown to succeed. */
  works: "in-process" | "unsealed";
  proof: Proof;
  source: string;
}

/** The collection, by name. @throws {Error} when a file's first lines are not the three that they have to be */
export function readCheats(): Cheat[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "scene.ts")
    .toSorted()
    .map((name) => {
      const source = readFileSync(join(folder, name), "utf8");
      const head = /^\/\/ Cheat: (.+)\n\/\/ Works: (in-process|unsealed)\n\/\/ Proof: (\w+)\n/.exec(source);
      const [, tries = "", works = "", proof = ""] = head ?? [];
      if (!proofs.includes(proof as Proof))
        throw new Error(`Expected ${name} to begin with the lines Cheat, Works and Proof`);
      return {
        name: name.replace(/\.ts$/, ""),
        tries,
        works: works as Cheat["works"],
        proof: proof as Proof,
        source,
      };
    });
}

/** An answer of one file, or of several, of which `answer.ts` is the one that is graded. */
export interface HandedIn {
  files: { [name: string]: string };
}

export function alone({ source }: Pick<Cheat, "source">): HandedIn {
  return { files: { "answer.ts": source } };
}

/** Many in one: each is loaded, whatever comes of the others, and at last `allTried` is printed. */
export function together(cheats: Cheat[]): HandedIn {
  const files = Object.fromEntries(cheats.map(({ name, source }) => [`${name}.ts`, source]));
  const imports = cheats.map(({ name }) => `import("./${name}.ts")`).join(",\n");
  const answer = `process.on("uncaughtException", () => {});\nawait Promise.allSettled([${imports}]);\nconsole.log("${allTried}");\n`;
  return { files: { ...files, "answer.ts": answer } };
}

export const allTried = "every one of them has been tried";

/** Writes it into a new folder under `parent`; `scene` becomes a part of it. */
export function handIn({ files }: HandedIn, scene: Scene, parent: string): string {
  const folder = join(parent, "answer");
  mkdirSync(folder, { recursive: true });
  const told = `const scene = ${JSON.stringify(scene)};`;
  for (const [name, source] of Object.entries(files))
    writeFileSync(
      join(folder, name),
      source.replace('import { scene } from "./scene.ts";', () => told),
    );
  // An intake that takes whatever there is takes links, too.
  symlinkSync(scene.solution, join(folder, "shortcut"));
  return folder;
}
