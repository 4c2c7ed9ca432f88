import { chance } from "../../packages/faults/src/chance.ts";

/** What a class is made of: the same seed gives the same class. */
export class Dice {
  readonly #seed: number;
  #thrown = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(chance(this.#seed, this.#thrown++) * count);
  }

  one<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error("Expected something to choose from, got nothing");
    return list[this.below(list.length)] as T;
  }

  /** One of the names, the heavier the likelier. */
  weighted<Name extends string>(weights: { readonly [name in Name]?: number }): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
    throw new Error("Expected weights, got none");
  }
}
