/**
 * `pnpm bench class [--submissions 300] [--jobs 2] [--seed X] [--out DIR]`: makes a class of which it is known what must come of each answer,
 * has it graded by `pnpm workshop grade` itself, sealed, which is killed in the middle and gone on with, and holds every single result
 * against what is known. Exit code 1 if one is wrong, or something was left.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { GradeReport } from "../../packages/report/src/index.ts";
import { openCourse } from "../../packages/workshop/src/course/course.ts";
import { CheatAnswers } from "./cheat-answers.ts";
import { compare } from "./compare.ts";
import { Deck } from "./deck.ts";
import { Dice } from "./dice.ts";
import { forms, kinds } from "./handed-in.ts";
import { Host } from "./host.ts";
import { keptIn } from "./kept.ts";
import { pack } from "./pack.ts";
import { resultsIn, run, type Run } from "./run.ts";
import { speedText } from "./speed.ts";

const { values } = parseArgs({
  options: {
    submissions: { type: "string", default: "300" },
    jobs: { type: "string", default: "2" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    out: { type: "string" },
  },
});
const count = whole("submissions", values.submissions, 1, 5000);
const seed = whole("seed", values.seed, 0, 2 ** 32 - 1);
const jobs = whole("jobs", values.jobs, 1, 64);
const course = openCourse();

const parent = values.out === undefined ? tmpdir() : resolve(values.out);
mkdirSync(parent, { recursive: true });
const base = realpathSync(mkdtempSync(join(parent, "class-")));
const [classFolder, out, temporary] = ["class", "report", "tmp"].map((name) => join(base, name)) as [
  string,
  string,
  string,
];
for (const folder of [classFolder, temporary]) mkdirSync(folder);
await using host = await Host.set(join(base, "host"), course.root);

const dice = new Dice(seed);
const deck = new Deck(course, dice, new CheatAnswers(dice, host.scene));
const learners = Array.from({ length: count }, (_, index) => deck.learner(index + 1));
for (const learner of learners) pack(learner, classFolder);
const answers = learners.flatMap(({ handedIn }) => handedIn);
const inForms = forms.map((form) => `${learners.filter((learner) => learner.form === form).length} ${form}`);
console.log(
  `${count} submissions (${inForms.join(", ")}) with ${answers.length} answers, --seed ${seed}, in ${base}`,
);

const total = count * course.labels.length;
const args = ["grade", classFolder, "--out", out, "--jobs", String(jobs), "--no-cache", "--require-seal"];
const options = {
  args,
  root: course.root,
  environment: { ...host.environment, TMPDIR: temporary },
  out,
  total,
  // What hangs is ended by the grader, in seconds each test: an hour says that the grader itself does.
  patience: 60 * 60_000,
};
const first = await run({ ...options, killAt: Math.ceil(total * 0.4) });
const writtenFirst = resultsIn(out);
const kept = keptIn(out);
console.log(
  `Killed by ${first.signal} when ${writtenFirst} of ${total} results were written. The same command again:`,
);
const afterKill = readdirSync(temporary);
// Of a machine's other runs nobody knows whether they are gone: some of it is removed when it is an hour old, so let it be.
const hoursAgo = new Date(Date.now() - 3 * 60 * 60_000);
for (const name of afterKill) utimesSync(join(temporary, name), hoursAgo, hoursAgo);
const second = await run(options);

const wrong: string[] = [];
const notJudged: string[] = [];
if (first.signal !== "SIGKILL")
  wrong.push(`Expected the first run to be killed, but it ended with ${first.code}:\n${first.text}`);
const text = readText(join(out, "report.json"));
const report = text === undefined ? undefined : (JSON.parse(text) as GradeReport);
const errors =
  report?.submissions.flatMap(({ results }) => results.filter(({ status }) => status === "error")).length ??
  0;
const expectedCode = errors > 0 ? 2 : 0;
if (second.code !== expectedCode)
  wrong.push(`Expected exit code ${expectedCode}, got ${second.code ?? second.signal}`);
if (text === undefined) wrong.push(`There is no report. The command said:\n${second.text}`);
if (report !== undefined) {
  console.log(
    "\n| what was handed in | results | right | not judged | wrong |\n| --- | ---: | ---: | ---: | ---: |",
  );
  const tallies = compare(learners, report);
  for (const kind of [...kinds, "not handed in", "the submission itself"] as const) {
    const tally = tallies.get(kind);
    if (tally === undefined) continue;
    const unjudged = tally.unjudged.length;
    notJudged.push(...tally.unjudged);
    console.log(
      `| ${kind} | ${tally.right + unjudged + tally.wrong.length} | ${tally.right} | ${unjudged} | ${tally.wrong.length} |`,
    );
    wrong.push(...tally.wrong);
  }
  const results = report.submissions.flatMap(({ id, results: all }) =>
    all.map((result) => ({ id, ...result })),
  );
  const again = results.filter(
    ({ id, exercise, seed: its }) => (kept.get(`${id} ${exercise}`) ?? its) !== its,
  );
  wrong.push(
    ...again.map(({ id, exercise }) => `${id} ${exercise}: was graded before the kill, and again after it`),
  );
  if (report.seal.level !== "sealed")
    wrong.push(`Expected the report to be of the sealed level, got ${report.seal.level}`);
  console.log(`\n${speedText(results, { learners, took: first.took + second.took, jobs, kept: kept.size })}`);
}
for (const [name, { left }] of [
  ["the killed run", first],
  ["the second run", second],
] as [string, Run][])
  wrong.push(...left.map((process) => `${name} has left the process ${process}`));
wrong.push(...host.harm({ "report.json": text ?? "", "what it printed": first.text + second.text }));
const files = readdirSync(temporary);
wrong.push(...files.map((name) => `${name} was left in the folder for temporary files`));
const { processes, namespaces } = second.family.seen;
console.log(
  `Left by the killed run: ${goneText(first)}, and ${afterKill.length} temporary folders; ` +
    `at the end: ${second.left.length} processes of ${processes} that were seen in ${namespaces} namespaces, so no socket either, ` +
    `${files.length} temporary files. Secrets, files, service and process of the host's: ${host.harm({}).length === 0 ? "untouched" : "harmed"}`,
);
if (notJudged.length > 0) console.log(`\nNot judged:\n${notJudged.map((one) => `  ${one}`).join("\n")}`);
console.log(
  wrong.length === 0
    ? "\n✓ every result is right"
    : `\n✗ ${wrong.length} wrong:\n${wrong.map((one) => `  ${one}`).join("\n")}`,
);
if (wrong.length === 0 && values.out === undefined) rmSync(base, { recursive: true, force: true });
else console.log(`Class and report are in ${base}`);
process.exitCode = wrong.length === 0 ? 0 : 1;

function goneText({ left, goneAfter, family }: Run): string {
  if (left.length === 0) return `no process ${goneAfter.toFixed(0)} ms later`;
  return `${left.length} processes ${goneAfter.toFixed(0)} ms later, ${family.left().length} of them to the end`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function whole(name: string, typed: string, least: number, most: number): number {
  const number = Number(typed);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`Expected --${name} with a whole number from ${least} to ${most}, got "${typed}"`);
}
