/**
 * The longest text that still fits its reader: fields are given less and less room until it does.
 *
 * @param mostBytes of UTF-8
 * @param build gives the text in parts, none of its fields longer than told; asked again with less, down to 100 UTF-16 units
 */
export function within(mostBytes: number, build: (fieldLimit: number) => Iterable<string>): string {
  for (const fieldLimit of [16_000, 4000, 1000, 300]) {
    const text = joinUpTo(mostBytes, build(fieldLimit));
    if (text !== undefined) return text;
  }
  return [...build(100)].join("");
}

/** Stops at the first part that is too much: all of them may be more than a string can hold. */
function joinUpTo(mostBytes: number, parts: Iterable<string>): string | undefined {
  const joined: string[] = [];
  let bytes = 0;
  for (const part of parts) {
    bytes += utf8Length(part);
    if (bytes > mostBytes) return undefined;
    joined.push(part);
  }
  return joined.join("");
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // A surrogate is half of a character of four bytes.
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x8_00 || (unit >= 0xd8_00 && unit < 0xe0_00)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
