/** Names that Windows gives no file (CON, NUL, COM1 …). */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const longest = 64;

/** One for each name, in order: unique also where upper and lower case are the same, and fit for a file's name anywhere. */
export function uniqueIds(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const wished = idOf(name);
    let id = wished;
    for (let number = 2; taken.has(id.toLowerCase()); number++) id = `${wished}-${number}`;
    taken.add(id.toLowerCase());
    return id;
  });
}

/** `Zoë O'Brien` → `Zoe-O-Brien`. What has no letter of ours at all is `submission`. */
function idOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, longest)
    .replace(/^[-.]+|[-.]+$/g, "");
  if (plain === "") return "submission";
  return devices.test(plain) ? `_${plain}` : plain;
}
