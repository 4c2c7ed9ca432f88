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

/** Puts the cheat as an answer of one file into a new folder under `parent`; `scene` becomes a part of it. */
export function handIn(cheat: Pick<Cheat, "source">, scene: Scene, parent: string): string {
  const told = `const scene = ${JSON.stringify(scene)};`;
  const source = cheat.source.replace('import { scene } from "./scene.ts";', () => told);
  const handedIn = join(parent, "answer");
  mkdirSync(handedIn, { recursive: true });
  writeFileSync(join(handedIn, "answer.ts"), source);
  // An intake that takes whatever there is takes links, too.
  if (source.includes("./shortcut")) symlinkSync(scene.solution, join(handedIn, "shortcut"));
  return handedIn;
}
