import { keyHelp } from "./keys.ts";

/** Commands of which a text means the one exercise that it names. */
const ofOne = new Set(["test", "hint", "diff", "solution", "reset"]);

/**
 * What a command or a verdict says, for somebody who has keys: `The next one says more: h`. A line to type becomes the key that
 * does the same; one that no key does stays.
 *
 * @param label the exercise that the keys are about
 */
export function inKeys(text: string, label: string): string {
  return patterns(label.slice(0, 2)).reduce((so, [pattern, key]) => so.replace(pattern, key), text);
}

/** A text may have been wrapped: any space may be a line's end. Options make it something else, but for those the key adds. */
function patterns(number: string): [RegExp, string][] {
  const notMore = String.raw`(?!\s+--\w|[ \t]+\d|[\w-])`;
  return keyHelp.flatMap(([key, , command]): [RegExp, string][] => {
    if (command === undefined || key.length > 1) return [];
    const exercise = ofOne.has(command) ? String.raw`\s+${number}` : "";
    const own = String.raw`(?:\s+${command === "hint" ? String.raw`(?:--test\s+\d+\s+)?--level\s+[2-9]` : "--give-up"})?`;
    const line = String.raw`pnpm\s+(?:workshop\s+)?${command}${exercise}${own}${notMore}`;
    return [[new RegExp(`\`${line}\`|${line}`, "g"), key]];
  });
}
