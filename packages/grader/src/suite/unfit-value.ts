import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { show, showError } from "./show.ts";
import { story } from "./story.ts";

/**
 * The same data, of which is remembered what was read and is no function: whoever calls that gets an error which does not say whose
 * the object is.
 *
 * @param call what gave it back: `startServer`
 */
export function watched<T>(value: T, call: string): T {
  if (!isPlain(value)) return value;
  const { reads } = story();
  return new Proxy(value, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, receiver);
      if (typeof name === "string" && typeof found !== "function") reads.set(name, { call, value: target });
      return found;
    },
  });
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** What a call of the answer's gave back in the test of the moment. */
interface Returned {
  /** `startServer`, `pool.borrow`. */
  call: string;
  value: unknown;
}

/**
 * Why the suite's own code stumbled, where it did so over what the answer gave back: it took a value for an object with a certain
 * method or field, and there is none. The wire cannot know that; types are stripped, not checked.
 *
 * @param error what the suite's code threw
 * @param folder the exercise's: whatever is thrown elsewhere is no suite's
 * @returns one sentence; undefined where it cannot be shown that the answer is to blame
 */
export function unfitValue(error: unknown, folder: string): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const place = placeOf(error);
  if (place === undefined || !place.file.startsWith(folder)) return undefined;
  const method = /^(.+) is not a function$/.exec(error.message)?.[1]?.split(".").at(-1);
  if (method !== undefined) return withoutMethod(method, place);
  const field = /^Cannot read properties of (?:undefined|null) \(reading '([^']+)'\)$/.exec(
    error.message,
  )?.[1];
  return field === undefined ? undefined : withoutField(field, place);
}

/**
 * Why the suite's own code stumbled, where it cannot be shown over what: something has come back from the answer in this test, and then a value
 * was not of the kind, or in the range, that somebody further down takes. A suite is proven not to stumble over a right answer, nor over its stub
 * and its known mistakes, so what it stumbles over came from this one.
 *
 * @returns one sentence; undefined where nothing had come back, or where the machine may be to blame
 */
export function unusableValue(error: unknown): string | undefined {
  const { latest } = story();
  if (latest === undefined || !isAboutValues(error)) return undefined;
  return `The test cannot go on with what your code gave back: ${showError(error)}. Last came ${show(latest.value)}, from \`${latest.call}\``;
}

function isAboutValues(error: unknown): error is Error {
  if (error instanceof RangeError) return !error.message.includes("allocation failed");
  if (error instanceof TypeError) return true;
  return (
    error instanceof Error &&
    error.name === "NetError" &&
    String((error as NodeJS.ErrnoException).code).endsWith("_INVALID")
  );
}

interface Place {
  file: string;
  line: number;
  /** From 1. */
  column: number;
}

/** Where it was thrown: the first line of the stack. */
function placeOf({ stack = "" }: Error): Place | undefined {
  const first = stack.split("\n").find((line) => /^\s+at /.test(line)) ?? "";
  const [, where, line, column] = /\(?([^\s()]+?)(?:\?[^\s():]*)?:(\d+):(\d+)\)?$/.exec(first) ?? [];
  if (where === undefined) return undefined;
  const file = where.startsWith("file:") ? fileURLToPath(where) : where;
  return { file, line: Number(line), column: Number(column) };
}

function withoutMethod(name: string, place: Place): string | undefined {
  const { returned, between } = shownAt(place) ?? { returned: story().reads.get(name), between: [] };
  if (returned === undefined) return undefined;
  const target = reach(returned.value, between);
  const found = reach(target, [name]);
  if (target === undefined || target === null || typeof found === "function") return undefined;
  const instead = found === undefined ? whatItIs(target) : `its \`${name}\` is of type ${typeof found}`;
  return `Expected ${whose(returned.call, between)} to have a method \`${name}\`; ${instead}`;
}

function withoutField(name: string, place: Place): string | undefined {
  const { returned, between } = shownAt(place) ?? {};
  if (returned === undefined || between === undefined) return undefined;
  const target = reach(returned.value, between);
  return target === undefined || target === null
    ? `Expected ${whose(returned.call, between)} to have \`${name}\`; it is ${String(target)}`
    : undefined;
}

/**
 * The call that gave back what the suite's code uses there, if its text shows it: `const pool = await answer.open()` above
 * `pool.close()`. And by which fields the code has come from the one to the other.
 */
function shownAt({ file, line, column }: Place): { returned: Returned; between: string[] } | undefined {
  const lines = linesOf(file);
  const before = (lines[line - 1] ?? "").slice(0, column - 1);
  const chain = /([\w$#]+(?:\??\.[\w$#]+)*)\??\.$/.exec(before)?.[1]?.replace(/^this\./, "");
  const [variable, ...between] = chain?.split(/\??\./) ?? [];
  const made = variable === undefined ? before : whatSets(variable, lines.slice(0, line));
  const returned = story()
    .returned()
    .find(({ call }) => made.includes(`.${call.split(".").at(-1)}(`));
  return returned && { returned, between };
}

/** What the variable was given last, up to the end of the statement or the line; only what was waited for. */
function whatSets(variable: string, lines: string[]): string {
  const sets = new RegExp(
    `(?<![\\w$#])${variable.replaceAll("$", "\\$")}(?![\\w$])[^=;]*=\\s*await\\b([^;]*)`,
  );
  return sets.exec(lines.findLast((line) => sets.test(line)) ?? "")?.[1] ?? "";
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

function reach(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (at as { [name: string]: unknown } | undefined)?.[name], value);
}

function whose(call: string, between: string[]): string {
  const gift = `what \`${call}\` gave back`;
  return between.length === 0 ? gift : `\`${between.join(".")}\` of ${gift}`;
}

/** The most methods that are named. */
const mostNamed = 8;

function whatItIs(target: unknown): string {
  if (!isPlain(target)) return `it is ${show(target)}`;
  const methods = Object.entries(target)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => `\`${name}\``);
  if (methods.length === 0) return "it has no methods";
  const named = methods.slice(0, mostNamed).join(", ");
  return methods.length > mostNamed
    ? `it has ${named} and ${methods.length - mostNamed} more`
    : `it has ${named}`;
}
