import { lookOf } from "./names.ts";

/** What a submission is called where there are others. */
export interface Id {
  id: string;
  /** The id of the one that has the same name, or one that looks alike. */
  twin?: string;
}

/** Names that Windows gives no file (CON, NUL, COM1 …). */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Bytes in UTF-8: a file's name has 255 at the most. */
const longest = 96;

/**
 * One for each name, in their order: unique also where upper and lower case, or two ways to write an accent, are the same, and fit
 * for a file's name anywhere. Who is called as an id may be has that one; what is altered gets a number where it would be
 * another's.
 */
export function uniqueIds(names: string[]): Id[] {
  const owners = new Map<string, string>();
  const wishes = names.map((name) => ({ wished: idOf(name), isOwn: idOf(name) === name.normalize("NFC") }));
  const ids: Id[] = [];
  for (const turn of [true, false])
    for (const [index, { wished, isOwn }] of wishes.entries())
      if (isOwn === turn) ids[index] = claim(wished, owners);
  return ids;
}

function claim(wished: string, owners: Map<string, string>): Id {
  const twin = owners.get(lookOf(wished));
  let id = wished;
  for (let number = 2; owners.has(lookOf(id)); number++) id = `${wished}-${number}`;
  owners.set(lookOf(id), id);
  return { id, ...(twin !== undefined && { twin }) };
}

/** `Zoë O'Brien` → `Zoë-O-Brien`: letters and digits of every script stay. What has none at all is `submission`. */
function idOf(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[^\p{L}\p{M}\p{Nd}._-]+/gu, "-")
    .replace(/^[-.\p{M}]+/u, "");
  const short = cutTo(longest, plain).replace(/[-.]+$/, "");
  if (short === "") return "submission";
  return devices.test(short) ? `_${short}` : short;
}

/** Between letters. */
function cutTo(bytes: number, name: string): string {
  let cut = "";
  for (const letter of name) {
    if (Buffer.byteLength(cut + letter) > bytes) break;
    cut += letter;
  }
  return cut;
}
