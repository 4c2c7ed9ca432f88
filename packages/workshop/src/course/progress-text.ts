import type { Entry, Graded, Progress } from "./progress.ts";

const header =
  "# What your answers in exercises/ were graded last, and what you have opened on the way. Plain text, so that it can travel with git.\n";

/** Reads what {@link printProgress} has printed, by whomever it was changed since. */
export function parseProgress(text: string): Progress {
  const progress: Progress = { track: undefined, current: undefined, exercises: new Map(), others: [] };
  let last: Entry | undefined;
  let graded: Graded | undefined;
  for (const line of text.split(/\r?\n/)) {
    const { track, current, label, passed, total, at, answer } = topLine.exec(line)?.groups ?? {};
    if (track !== undefined) progress.track = track;
    else if (current !== undefined) progress.current = current;
    else if (label !== undefined) {
      last = entryOf(progress, label);
      graded = undefined;
      if (at === undefined || answer === undefined) continue;
      graded = { passed: Number(passed), total: Number(total), at, answer, failing: [] };
      // Twice the same exercise, from two sides of a merge: the later verdict is the last one.
      if (last.graded === undefined || last.graded.at <= at) last.graded = graded;
    } else if (
      !(last !== undefined && readDetail(last, graded, line)) &&
      line !== "" &&
      !line.startsWith("# What your ")
    )
      progress.others.push(line);
  }
  return progress;
}

/** The file, as it travels with git. */
export function printProgress({ track, current, exercises, others }: Progress): string {
  const entries = [...exercises.values()].toSorted((a, b) => a.label.localeCompare(b.label));
  const lines = [
    ...others,
    ...(track === undefined ? [] : [`track ${track}`]),
    ...(current === undefined ? [] : [`now ${current}`]),
    ...entries.flatMap(printEntry),
  ];
  return header + lines.map((line) => `${line}\n`).join("");
}

/** The entry of this exercise, made where there is none. */
export function entryOf({ exercises }: Progress, label: string): Entry {
  const entry = exercises.get(label) ?? { label, minutes: 0, hints: new Map() };
  exercises.set(label, entry);
  return entry;
}

const topLine =
  /^(?:track (?<track>\S+)|now (?<current>\d\d-\S+)|(?<label>\d\d-\S+) (?:open|(?:pass|fail) (?<passed>\d+)\/(?<total>\d+) (?<at>\S+) (?<answer>[0-9a-f]{12})))$/;
const detailLine =
  /^ {2}(?:✗ (?<failing>.+)|minutes (?<minutes>\d+(?:\.\d+)?)|seen (?<seenAt>\S+Z)|passed (?<passedAt>\S+Z)|hint (?<level>\d+) (?<title>.+)|gave up (?<gaveUpAt>\S+Z)|in review since (?<reviewingSince>\S+Z)|reviewed (?<reviewedAt>\S+Z))$/;

/**
 * Of what stands there twice, from two sides of a merge, the more is taken.
 *
 * @returns whether the line is one of an entry's
 */
function readDetail(entry: Entry, graded: Graded | undefined, line: string): boolean {
  const details = detailLine.exec(line)?.groups;
  if (details === undefined) return false;
  const { failing, minutes, level, title, seenAt, passedAt, gaveUpAt, reviewingSince, reviewedAt } = details;
  if (failing !== undefined) graded?.failing.push(failing);
  if (minutes !== undefined) entry.minutes = Math.max(entry.minutes, Number(minutes));
  if (title !== undefined) entry.hints.set(title, Math.max(entry.hints.get(title) ?? 0, Number(level)));
  if (seenAt !== undefined) entry.seenAt = later(seenAt, entry.seenAt);
  if (passedAt !== undefined) entry.passedAt = earlier(passedAt, entry.passedAt);
  if (gaveUpAt !== undefined) entry.gaveUpAt = earlier(gaveUpAt, entry.gaveUpAt);
  if (reviewingSince !== undefined) entry.reviewingSince = later(reviewingSince, entry.reviewingSince);
  if (reviewedAt !== undefined) entry.reviewedAt = later(reviewedAt, entry.reviewedAt);
  return true;
}

function later(at: string, other = at): string {
  return at > other ? at : other;
}

function earlier(at: string, other = at): string {
  return at < other ? at : other;
}

function printEntry({
  label,
  graded,
  minutes,
  seenAt,
  passedAt,
  hints,
  gaveUpAt,
  reviewingSince,
  reviewedAt,
}: Entry): string[] {
  const { passed, total, at, answer, failing = [] } = graded ?? {};
  const status = passed === total ? "pass" : "fail";
  const detail = (word: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`  ${word} ${value}`];
  return [
    graded === undefined ? `${label} open` : `${label} ${status} ${passed}/${total} ${at} ${answer}`,
    ...failing.map((title) => `  ✗ ${title}`),
    ...detail("passed", passedAt),
    ...(minutes < 0.05 ? [] : [`  minutes ${minutes.toFixed(1)}`]),
    ...detail("seen", seenAt),
    ...[...hints].map(([title, level]) => `  hint ${level} ${title}`),
    ...detail("gave up", gaveUpAt),
    ...detail("in review since", reviewingSince),
    ...detail("reviewed", reviewedAt),
  ];
}
