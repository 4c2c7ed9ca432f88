import type { TestVerdict } from "@tcpip-workshop/grader";
import { spaced, width, wrapFurtherIn } from "../../text/layout.ts";
import { failureParts, type VerdictContext } from "../../text/verdict-text.ts";

/** Characters of one failure that are kept. */
const most = 16_384;

/**
 * What a learner reads of one failure: what was done, expected, received, and what it looks like. The report has why, where to
 * read, the hint and the output in places of their own. Plain, at most 80 columns.
 */
export function failurePlain(test: TestVerdict, context: VerdictContext): string {
  const { problem, steps, texts, timeline, sockets, compared, perhaps } = failureParts(test, context);
  const lines = spaced([problem, steps, texts, timeline, sockets, compared, perhaps])
    .flatMap((line) => line.split("\n"))
    .flatMap(narrow);
  return cutOff(lines.join("\n"), most);
}

/** At most so many characters, whole lines if it has any; what is cut off is said. */
export function cutOff(text: string, most: number): string {
  if (text.length <= most) return text;
  const said = "\n… the rest is cut off …";
  const kept = text.slice(0, most - said.length);
  const end = kept.lastIndexOf("\n");
  // Not in the middle of a character of two units.
  return (end > 0 ? kept.slice(0, end) : kept.replace(/[\uD800-\uDBFF]$/, "")) + said;
}

/** Data without spaces goes on below, too. */
function narrow(line: string): string[] {
  return wrapFurtherIn(line, width).flatMap((part) =>
    part.length <= width ? [part] : (part.match(/.{1,80}/gsu) ?? []),
  );
}
