import { readCheats, type Cheat } from "../../packages/grader/cheats/harness/cheat.ts";
import type { Scene } from "../../packages/grader/cheats/scene.ts";
import type { Dice } from "./dice.ts";

/** What a cheat of the collection is called by its own exercise. */
const ownExports = ["frame", "tally", "serve"];

/** The collection of cheats, turned into answers of other exercises; each comes once before one comes again. */
export class CheatAnswers {
  readonly #cheats: Cheat[];
  readonly #dice: Dice;
  readonly #scene: Partial<Scene>;
  #left: Cheat[] = [];

  /** @param scene what they are told of the host */
  constructor(dice: Dice, scene: Partial<Scene>) {
    this.#cheats = readCheats();
    this.#dice = dice;
    this.#scene = scene;
  }

  /** @param stub of the exercise: under its names the suite finds what the cheat has for its own exercise */
  next(stub: string): { name: string; source: string } {
    if (this.#left.length === 0) this.#left = [...this.#cheats];
    const [{ name, source } = { name: "", source: "" }] = this.#left.splice(
      this.#dice.below(this.#left.length),
      1,
    );
    const told = `const scene = ${JSON.stringify(this.#scene)};`;
    const own = exportsOf(source);
    const theirs = exportsOf(stub).filter((each) => !own.includes(each));
    const callable = own.filter((each) => ownExports.includes(each));
    const aliases = theirs.map((each, index) => alias(each, callable[index % callable.length]));
    return {
      name,
      source: [source.replace('import { scene } from "./scene.ts";', () => told), ...aliases].join("\n"),
    };
  }
}

/** The values that a module exports, by their names. */
function exportsOf(source: string): string[] {
  const single = Array.from(
    source.matchAll(/^export (?:async )?(?:function\*?|class|const|let) (\w+)/gm),
    ([, name = ""]) => name,
  );
  const several = Array.from(source.matchAll(/^export (?:const )?\{([^}]*)\}/gm), ([, names = ""]) =>
    names.split(","),
  );
  return [...single, ...several.flat().map((name) => name.trim().replace(/^.*\s/, ""))];
}

/** A function, that it may be called and be constructed. A cheat that does all it does while it is loaded gives nothing back. */
function alias(name: string, own: string | undefined): string {
  const body = own === undefined ? "" : `return (${own} as (...args: unknown[]) => unknown)(...args);`;
  return `export function ${name}(...args: unknown[]): unknown { ${body} }`;
}
