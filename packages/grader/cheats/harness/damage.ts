import { getPriority } from "node:os";
import { isAlive, kernelView } from "../../src/process/kernel.ts";
import type { Proof } from "./cheat.ts";
import type { Stage } from "./stage.ts";
import type { Outcome } from "./targets.ts";

export interface Damage {
  proof: Proof;
  what: string;
}

/** Bytes: more than this is no report that anybody can read, store or send. */
const mostReported = 1024 * 1024;
/** Bytes that an answer may say it has written to a disk; a sealed one has 32 MiB. */
const mostWritten = 33 * 1024 * 1024;

/** Bytes of memory that it may say it has filled; one of ours has 1 GiB, and is looked at every so often. */
const mostTaken = 1.4 * 1024 ** 3;

/** Whatever the answer has brought about that it must not, seen from outside. */
export function damageOf(outcome: Outcome, stage: Stage): Damage[] {
  const { added, spoilt } = stage.changedFiles();
  const reports = new Set([stage.environment["GITHUB_STEP_SUMMARY"], stage.environment["REPORT_FILE"]]);
  const found: [Proof, boolean, string][] = [
    ["passes", outcome.passed, "a wrong answer passed"],
    ["hangs", !outcome.ended, "the grading did not end within its bounds"],
    ["harms", outcome.graderDied, "the grader's own process was ended"],
    ["harms", outcome.length > mostReported, `the report has ${outcome.length} bytes`],
    ["harms", outcome.processes.length > 10, `${outcome.processes.length} processes were started`],
    ["harms", stage.wasSquatted, "the answer listened on a port of the host's"],
    ["leaves", outcome.processes.length > 0, `processes ${outcome.processes.join(", ")} were left`],
    ["leaves", added.length > 0, `files were left: ${added.join(", ")}`],
  ];
  for (const [name, secret] of Object.entries(stage.secrets))
    found.push([
      "loot",
      `${outcome.text}${stage.received}`.includes(secret),
      `the secret of ${name} came out`,
    ]);
  for (const kind of stage.sharedObjects())
    found.push(["leaves", true, `System V objects were left (${kind})`]);
  for (const path of spoilt)
    found.push([reports.has(path) ? "forges" : "harms", true, `${path} is not as it was`]);
  for (const what of [...harmTo(stage), ...claims(outcome.text)]) found.push(["harms", true, what]);
  for (const what of forged(outcome)) found.push(["forges", true, what]);
  return found.filter(([, happened]) => happened).map(([proof, , what]) => ({ proof, what }));
}

function harmTo({ victim }: Stage): string[] {
  if (victim?.pid === undefined) return [];
  if (victim.exitCode !== null || victim.signalCode !== null || !isAlive(victim.pid))
    return ["another process was ended"];
  if (kernelView(victim.pid)?.state === "T") return ["another process was stopped"];
  return getPriority(victim.pid) === 0 ? [] : ["another process was reniced"];
}

/** What nobody else can measure: the cheat says how far it came. */
function claims(text: string): string[] {
  const [, wrote = "0"] = /wrote (\d+) bytes/.exec(text) ?? [];
  const [, took = "0"] = /in all: took (\d+) bytes/.exec(text) ?? [];
  const [, threads = "0"] = /started (\d+) threads/.exec(text) ?? [];
  const [, families = "0"] = /made sockets of (\d+) odd families/.exec(text) ?? [];
  const [, descriptors = "0"] = /holds (\d+) descriptors/.exec(text) ?? [];
  return [
    ...(Number(wrote) > mostWritten ? [`${wrote} bytes were written to a disk`] : []),
    ...(Number(took) > mostTaken ? [`${took} bytes of memory were taken`] : []),
    ...(Number(families) > 0 ? [`sockets of ${families} odd families were made`] : []),
    ...(Number(threads) > 10 ? [`${threads} threads were started`] : []),
    ...(Number(descriptors) > 4096 ? [`${descriptors} descriptors were held`] : []),
  ];
}

/** What a terminal, a CI system or a reader would take for the judge's. */
const commands = [
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  { what: "a control character", pattern: /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/ },
  {
    what: "a character that turns or hides text, or ends a line",
    pattern: /[\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/u,
  },
];
const workflowCommand = /^\s*(?:::[a-z-]+|##(?:vso|teamcity)?\[|not ok |ok \d)/m;

function forged({ verdict, text }: Outcome): string[] {
  const texts = verdict === undefined ? [text] : textsIn(verdict);
  const found = commands
    .filter(({ pattern }) => texts.some((one) => pattern.test(one)))
    .map(({ what }) => what);
  // A verdict is data: whoever prints it sees to such lines. What a grader prints by itself is read as it is.
  if (verdict === undefined && workflowCommand.test(text)) found.push("a line that a CI system obeys");
  if (verdict === undefined && /^\{"status":"pass"/m.test(text)) found.push("a report that passes");
  return found;
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key].concat(textsIn(item)));
}
