import { appendFileSync, statSync } from "node:fs";

/** Bytes of a step's summary that GitHub takes: of a longer one it shows nothing (docs.github.com, "workflow commands"). */
const limit = 1024 * 1024;

/** Appends the Markdown to the step's summary in GitHub Actions, cut off with a line that says so; elsewhere does nothing. */
export function appendStepSummary(markdown: string, file = process.env["GITHUB_STEP_SUMMARY"]): void {
  if (file === undefined || file === "") return;
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const text = cutAtLine(`${markdown.trimEnd()}\n`, limit - size);
  if (text !== "") appendFileSync(file, text);
}

const said = "\n\n*Cut off here: GitHub takes 1 MiB. The report file has all of it.*\n";

/** Whole lines of at most so many bytes of UTF-8. */
export function cutAtLine(markdown: string, bytes: number): string {
  if (Buffer.byteLength(markdown) <= bytes) return markdown;
  const room = bytes - Buffer.byteLength(said);
  if (room <= 0) return "";
  const kept = Buffer.from(markdown).subarray(0, room);
  const end = kept.lastIndexOf("\n");
  return `${kept.subarray(0, Math.max(end, 0)).toString()}${said}`;
}
