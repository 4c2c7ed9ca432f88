/** Lines up to a number of bytes. */
export class Bounded {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #bytes = 0;

  /** @param limit bytes of UTF-8; what is said of what was left out comes on top */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(lines: string[]): void {
    this.#lines.push(...lines);
    this.#bytes += sizeOf(lines);
  }

  /**
   * One item after the other, each whole or not at all, while no more than this share of the limit is used.
   *
   * @param note what to say, when so many items were left out
   */
  addEach(items: string[][], share: number, note: (left: number) => string[]): void {
    for (const [index, item] of items.entries()) {
      if (this.#bytes + sizeOf(item) > this.#limit * share) {
        this.add(note(items.length - index));
        return;
      }
      this.add(item);
    }
  }

  hasRoomFor(items: string[][]): boolean {
    return this.#bytes + items.reduce((sum, item) => sum + sizeOf(item), 0) <= this.#limit;
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

/** Bytes of UTF-8, with the line ends. */
function sizeOf(lines: string[]): number {
  return lines.reduce((sum, line) => sum + 1 + (ascii.test(line) ? line.length : utf8Length(line)), 0);
}

// oxlint-disable-next-line no-control-regex -- it is what ASCII is
const ascii = /^[\0-\x7F]*$/;

function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Half of a pair is half of four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x8_00 || (unit >= 0xd8_00 && unit < 0xe0_00) ? 2 : 3;
  }
  return bytes;
}
