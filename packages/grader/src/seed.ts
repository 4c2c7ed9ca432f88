/** What a run's random test data grows from: 128 bits, of which 32 are enough to have an old run again. */
export class Seed {
  /** From 2¹²⁸ − 1 nobody guesses the data of a run, and no answer can try all. */
  static fresh(): Seed {
    return new Seed(crypto.getRandomValues(new Uint32Array(4)));
  }

  /**
   * @param typed 32 hexadecimal digits, or a decimal number from 0 to 4294967295, which stands for the lowest 32 bits
   * @throws {RangeError} when it is neither
   */
  static parse(typed: string): Seed {
    if (/^[\da-f]{32}$/i.test(typed)) {
      return new Seed(
        Uint32Array.from({ length: 4 }, (_, at) => Number(`0x${typed.slice(at * 8, at * 8 + 8)}`)),
      );
    }
    if (/^\d{1,10}$/.test(typed) && Number(typed) < 2 ** 32) return new Seed([0, 0, 0, Number(typed)]);
    throw new RangeError(
      `Expected a seed of 32 hexadecimal digits, or a number from 0 to 4294967295, got "${typed}"`,
    );
  }

  /** The highest 96 bits, in three words of 32. */
  readonly upper: readonly [number, number, number];
  /** The lowest 32 bits. */
  readonly lower: number;
  /** All of it, as 32 hexadecimal digits. */
  readonly digits: string;

  private constructor([first = 0, second = 0, third = 0, lower = 0]: Iterable<number>) {
    this.upper = [first, second, third];
    this.lower = lower;
    this.digits = [first, second, third, lower].map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  /** Another one, for other data of the same run. */
  plus(salt: number): Seed {
    return new Seed([...this.upper, (this.lower + salt) >>> 0]);
  }

  /** In 32 bits, for what takes no more: all words together; of a seed that has no more, the seed. */
  fold(): number {
    return [...this.upper, this.lower].reduce((folded, word) => (folded ^ word) >>> 0);
  }
}
