import type { Verdict } from "@tcpip-workshop/grader";
import { wrap } from "../text/layout.ts";
import type { Paint } from "../text/paint.ts";
import {
  failedTitle,
  failureParts,
  verdictText,
  type FailureParts,
  type VerdictContext,
} from "../text/verdict-text.ts";
import { fit } from "./fit.ts";

/** What there is room for. */
export interface Room {
  columns: number;
  rows: number;
}

/** What a screen shows, from the top, and whether it leaves something out. */
export interface ScreenText {
  lines: string[];
  isWhole: boolean;
}

/** A failure on one screen: the headline and the first failure stay in sight, and it says so when something is left out. */
export function failureScreen(
  verdict: Verdict,
  context: VerdictContext,
  paint: Paint,
  room: Room,
): ScreenText {
  const whole = fit(verdictText(verdict, context, paint, room.columns).trimEnd().split("\n"), room.columns);
  const first = verdict.tests.find(({ status }) => status === "fail");
  if (whole.length <= room.rows) return { lines: whole, isWhole: true };
  if (first?.failure === undefined || first.failure.isLoading === true) return cutOff(whole, room.rows);
  const parts = failureParts(first, context, room.columns);
  const top = [
    ...whole.slice(0, whole.indexOf("")),
    ...(context.isStub ? stubLines(context, room.columns) : []),
    "",
    ...failedTitle(first.title, paint, room.columns),
  ];
  const bottom = ["", ...restOf(verdict, context, whole.length, room.columns, paint)];
  const left = room.rows - top.length - bottom.length;
  return { lines: [...top, ...chosen(parts, room.columns, left), ...bottom], isWhole: false };
}

/** The first lines, and how many are missing. */
export function cutOff(lines: string[], rows: number): ScreenText {
  if (lines.length <= rows) return { lines, isWhole: true };
  const shown = lines.slice(0, rows - 1);
  return { lines: [...shown, `  … ${lines.length - shown.length} lines more: f`], isWhole: false };
}

function stubLines({ exercise }: VerdictContext, columns: number): string[] {
  const text = `The untouched stub, so red is right: everyone starts here. Read ${exercise}/README.md first.`;
  return ["", ...wrap(text, columns - 2).map((line) => `  ${line}`)];
}

function restOf(
  { tests }: Verdict,
  { soFar }: VerdictContext,
  whole: number,
  columns: number,
  paint: Paint,
): string[] {
  if (soFar !== undefined)
    return fit([paint("dim", "  Not all is shown: the whole text comes when all tests are done")], columns);
  const failing = tests.filter(({ status }) => status === "fail").length - 1;
  const others = failing === 0 ? "" : `${failing} more ${failing === 1 ? "fails" : "fail"}. `;
  return fit([paint("dim", `  ${others}Not all is shown: f for the whole text, ${whole} lines`)], columns);
}

/**
 * What is wanted first where there is no room for all; how many lines of it before the next one has its turn, and of how
 * many it is still worth showing.
 */
const wanted: { part: keyof FailureParts; most: number; least: number; keeps: "start" | "end" }[] = [
  { part: "problem", most: 4, least: 1, keeps: "start" },
  { part: "compared", most: 6, least: 2, keeps: "start" },
  { part: "perhaps", most: 4, least: 2, keeps: "start" },
  { part: "steps", most: 6, least: 3, keeps: "end" },
  { part: "why", most: 2, least: 1, keeps: "start" },
  { part: "timeline", most: 6, least: 4, keeps: "end" },
  { part: "texts", most: 6, least: 4, keeps: "start" },
  { part: "sockets", most: 6, least: 3, keeps: "start" },
  { part: "output", most: 4, least: 2, keeps: "end" },
  { part: "hint", most: 3, least: 2, keeps: "start" },
  { part: "read", most: 2, least: 1, keeps: "start" },
];

/** In reading order; the words at the end stand together. */
const blocks: (keyof FailureParts)[][] = [
  ["problem"],
  ["steps"],
  ["texts"],
  ["timeline"],
  ["sockets"],
  ["compared"],
  ["why", "read", "perhaps", "hint"],
  ["output"],
];

function chosen(parts: FailureParts, columns: number, rows: number): string[] {
  const picked: Partial<FailureParts> = {};
  // Each has its share; what is left then goes to those that are cut off, in the same order.
  for (const share of ["most", "all"] as const) {
    for (const { part, most, least, keeps } of wanted) {
      const lines = fit(parts[part], columns);
      if (lines.length === 0) continue;
      const left = rows - laidOut({ ...picked, [part]: [""] }).length + 1;
      const room = share === "most" ? Math.min(left, most) : left;
      if (lines.length <= room) picked[part] = lines;
      else if (room >= least) picked[part] = keeps === "start" ? startOf(lines, room) : endOf(lines, room);
    }
  }
  return laidOut(picked);
}

function laidOut(picked: Partial<FailureParts>): string[] {
  const lines: string[] = [];
  for (const block of blocks) {
    const own = block.flatMap((part) => picked[part] ?? []);
    if (own.length > 0) lines.push("", ...own);
  }
  return lines;
}

function startOf(lines: string[], rows: number): string[] {
  return rows === 1
    ? [`${lines[0] ?? ""} …`]
    : [...lines.slice(0, rows - 1), indentedLike(lines[rows - 1] ?? "")];
}

/** The heading stays, and the end, from a step's beginning on: what was done last is what failed. */
function endOf(lines: string[], rows: number): string[] {
  const end = lines.slice(lines.length - rows + 2);
  const step = end.findIndex((line) => /^ +\d+\. /.test(line));
  const whole = step > 0 && step < end.length / 2 ? end.slice(step) : end;
  return [...lines.slice(0, 1), indentedLike(lines[1] ?? ""), ...whole];
}

function indentedLike(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ""}…`;
}
