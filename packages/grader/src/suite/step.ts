import { isPage, showBytes, showError, showLines, showMarked, show } from "./show.ts";

/** One thing that was done to the answer, and what came of it. */
export interface Step {
  /** Where on the line the arguments start is counted from this: `decoder.push`. */
  call: string;
  args: unknown[];
  /** The arguments are those of as many calls, one after another. */
  isList?: boolean;
  outcome: { returned: unknown } | { threw: unknown } | undefined;
}

/** The most steps a failure shows: how it began, and what led to the end; all of them where hardly one would be left out. */
const shown = { first: 3, last: 6, atLeastOut: 3 };

/** The most calls of one list that are shown. */
const listed = { first: 3, last: 2 };

/** What was done in one test, in order. Nothing is rendered until the test has failed. */
export class StepRecorder {
  #first: (Step | string)[] = [];
  #last: (Step | string)[] = [];
  #count = 0;
  /** How often what was called among the steps that are kept no more: `decoder.push`. */
  #out = new Map<string, number>();

  /** What was read of the objects that calls gave back, and is no function, by its name: the call, and the object. */
  readonly reads = new Map<string, { call: string; value: unknown }>();

  /** What came back last from a call of the answer's, be the call one of the steps or not. */
  latest: { call: string; value: unknown } | undefined;

  add<T extends Step | string>(step: T): T {
    this.#count++;
    if (this.#first.length < shown.first) this.#first.push(step);
    else {
      this.#last.push(step);
      const out = this.#last.length < kept ? undefined : this.#last.shift();
      if (out !== undefined) leaveOut(this.#out, out);
    }
    return step;
  }

  /** Where the story stands; {@link StepRecorder.rewind} forgets what came behind it. */
  mark(): { first: (Step | string)[]; last: (Step | string)[]; count: number; out: Map<string, number> } {
    return { first: [...this.#first], last: [...this.#last], count: this.#count, out: new Map(this.#out) };
  }

  rewind({ first, last, count, out }: ReturnType<StepRecorder["mark"]>): void {
    [this.#first, this.#last, this.#count, this.#out] = [[...first], [...last], count, new Map(out)];
  }

  /** What the calls among the steps that are kept gave back, the latest first. */
  returned(): { call: string; value: unknown }[] {
    return [...this.#first, ...this.#last].toReversed().flatMap((step) => {
      if (typeof step === "string" || step.outcome === undefined || !("returned" in step.outcome)) return [];
      return [{ call: step.call, value: step.outcome.returned }];
    });
  }

  /** The texts of several lines among the arguments of the steps that are shown. */
  texts(): { title: string; lines: string[] }[] {
    const { last } = this.#view();
    const ofLast = this.#count - last.length;
    const numbered = [
      ...this.#first.map((step, index) => ({ step, number: index + 1 })),
      ...last.map((step, index) => ({ step, number: ofLast + index + 1 })),
    ];
    return numbered.flatMap(({ step, number }) => {
      if (typeof step === "string" || step.isList === true) return [];
      return step.args.filter(isPage).map((text) => ({
        title: `The text of step ${number}`,
        lines: shortenLines(text.trimEnd().split("\n")),
      }));
    });
  }

  /** The steps as numbered paragraphs of lines. */
  render(): string[] {
    const { last, out } = this.#view();
    const numberOf = (index: number): number => this.#count - last.length + index + 1;
    return [
      ...this.#first.map((step, index) => renderStep(index + 1, step)),
      ...(out.size > 0 ? [`   … ${more(out)} …`] : []),
      ...last.map((step, index) => renderStep(numberOf(index), step)),
    ].map(shorten);
  }

  /** The last steps that are shown, and what is left out before them. */
  #view(): { last: (Step | string)[]; out: Map<string, number> } {
    if (this.#count < shown.first + kept) return { last: this.#last, out: new Map() };
    const at = this.#last.length - shown.last;
    const out = new Map(this.#out);
    for (const step of this.#last.slice(0, at)) leaveOut(out, step);
    return { last: this.#last.slice(at), out };
  }
}

/** So many of the last steps are kept that, if these are all, none has to be left out. */
const kept = shown.last + shown.atLeastOut;

function leaveOut(out: Map<string, number>, step: Step | string): void {
  const name = typeof step === "string" ? "" : step.call;
  out.set(name, (out.get(name) ?? 0) + 1);
}

/** The most names of calls that are told. */
const mostNames = 3;

/** `12 more: client.request (10 times), client.close`, in the order in which they came first. */
function more(out: ReadonlyMap<string, number>): string {
  const total = [...out.values()].reduce((sum, times) => sum + times, 0).toLocaleString("en");
  const calls = [...out].filter(([name]) => name !== "");
  if (calls.length === 0 || calls.length > mostNames) return `${total} more`;
  const times = (count: number): string => (count === 1 ? "" : ` (${count.toLocaleString("en")} times)`);
  return `${total} more: ${calls.map(([name, count]) => `${name}${times(count)}`).join(", ")}`;
}

/** The most lines of one step, and columns of a line, that are shown. */
const most = { lines: 12, columns: 90 };

function shorten(step: string): string {
  return shortenLines(step.split("\n").flatMap(wrap)).join("\n");
}

/** The most columns of a step's line, so that it stays below 80 with the indents around it, and lines that one may become. */
const wrapped = { columns: 74, lines: 4 };

/** A long line goes on below, further in: what a learner looks for often stands at its end. */
function wrap(line: string): string[] {
  if (line.length <= wrapped.columns) return [line];
  const indent = " ".repeat((/^ *(?:\d+\. |→ )?/.exec(line)?.[0].length ?? 0) + 2);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > wrapped.columns && lines.length < wrapped.lines - 1) {
    const space = rest.lastIndexOf(" ", wrapped.columns);
    if (space <= indent.length) break;
    lines.push(rest.slice(0, space));
    rest = indent + rest.slice(space + 1);
  }
  return [...lines, rest];
}

function shortenLines(whole: string[]): string[] {
  const lines = whole.map((line) =>
    line.length > most.columns ? `${line.slice(0, most.columns - 1)}…` : line,
  );
  if (lines.length <= most.lines) return lines;
  const half = most.lines / 2;
  return [...lines.slice(0, half), `     … ${lines.length - 2 * half} more lines …`, ...lines.slice(-half)];
}

function renderStep(number: number, step: Step | string): string {
  const head = `${number}. `;
  const indent = " ".repeat(head.length);
  if (typeof step === "string") return `${head}${prose(step).join(`\n${indent}`)}`;
  const outcome = renderOutcome(step.outcome).map((line) => `${indent}${line}`);
  if (step.isList === true)
    return [
      `${head}${step.call}, called with each of these in turn:`,
      ...renderList(step.args, indent),
      ...outcome,
    ].join("\n");
  const [only] = step.args;
  const lines =
    step.args.length === 1 && only instanceof Uint8Array
      ? [`${head}${step.call}(${showBytes(only)})`, ...showMarked(only, head.length + step.call.length + 1)]
      : [`${head}${step.call}(${step.args.map((arg) => show(arg)).join(", ")})`];
  return [...lines, ...outcome].join("\n");
}

/** Columns of a step in words: below 80 with its number and indents. */
const proseWidth = 70;

function prose(text: string): string[] {
  return text.match(new RegExp(`\\S.{0,${proseWidth - 1}}(?=\\s|$)|\\S+`, "g")) ?? [text];
}

/** The calls of a list, one a line; where there are many, how it began and how it ended. */
function renderList(args: unknown[], indent: string): string[] {
  const line = (arg: unknown): string[] => [
    `${indent}  (${Array.isArray(arg) ? arg.map((item) => show(item)).join(", ") : show(arg)})`,
    ...(arg instanceof Uint8Array ? showMarked(arg, indent.length + 3) : []),
  ];
  const left = args.length - listed.first - listed.last;
  if (left <= 1) return args.flatMap(line);
  const more = `${indent}  … ${left.toLocaleString("en")} more …`;
  return [...args.slice(0, listed.first).flatMap(line), more, ...args.slice(-listed.last).flatMap(line)];
}

function renderOutcome(outcome: Step["outcome"]): string[] {
  if (outcome === undefined) return ["→ (nothing came back)"];
  if ("threw" in outcome) {
    return [`→ threw ${outcome.threw instanceof Error ? showError(outcome.threw) : show(outcome.threw)}`];
  }
  if (outcome.returned === undefined) return [];
  const [first = "", ...rest] = showLines(outcome.returned);
  return [`→ ${first}`, ...rest.map((line) => `  ${line}`)];
}
