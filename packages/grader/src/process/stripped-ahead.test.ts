import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { headOfEntry, nameOfEntry } from "../host/stripped-code.ts";
import { writeAnswer as writeAnyAnswer } from "../testing/write-answer.ts";
import { AnswerProcess } from "./answer-process.ts";
import { importable } from "./importable.ts";
import { stripAhead, strippedFolders } from "./stripped-ahead.ts";

const hook = new URL("../host/stripped-code.ts", import.meta.url).href;

/** What Node prints that runs the file, with the code that is kept in `folder`. */
function said(path: string, folder: string): string {
  const use = `import { useStrippedCode } from ${JSON.stringify(hook)}; useStrippedCode([${JSON.stringify(folder)}]);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--import",
      `data:text/javascript,${encodeURIComponent(use)}`,
      path,
    ],
    { encoding: "utf8", env: {} },
  );
  return stdout + stderr;
}

/** As in a workspace: without its package.json Node would first have to find out what kind of file it is. */
function writeAnswer(source: string): ReturnType<typeof writeAnyAnswer> {
  const answer = writeAnyAnswer(source);
  writeFileSync(join(answer.folder, "package.json"), '{ "type": "module" }');
  return answer;
}

function entryOf(path: string): string {
  return join(strippedFolders(path).own, nameOfEntry(path));
}

const sources: { [what: string]: string } = {
  "an error, with its line and column":
    "type A = {\n  é: '𝒳';\n};\nconst f = <T extends A>(a: T): never => { throw new RangeError(`${a}`); };\nf({ é: '𝒳' });\n",
  "an error in a class with types all over":
    "class A<T> { declare x: T; private y?: number; m(this: A<T>, a: T): asserts a is T & {} { throw new Error('m'); } }\nconst a: A<number> = new A<number>(); a.m(1 as number);",
  "what it prints":
    "interface X { a: number }\nconsole.log(({ a: 1 } satisfies X).a!, import.meta.filename);",
  "a syntax error": "const a: number = ;\n",
  "TypeScript that is more than types": "enum Color { Red }\nconsole.log(Color.Red);",
  "an export that is not there": 'import { nothing } from "node:path";\nconsole.log(nothing);',
  "a file that is not there": 'import { nothing } from "./nothing.ts";\nconsole.log(nothing);',
  "a rejection that nobody handles":
    "const later = async (n: number): Promise<void> => { await null; throw new TypeError(String(n)); };\nvoid later(3);",
};

describe("code that was stripped ahead", () => {
  for (const [what, source] of Object.entries(sources)) {
    test(`reads as Node's own: ${what}`, () => {
      using answer = writeAnswer(source);
      const plain = said(answer.path, join(answer.folder, "nowhere"));
      stripAhead(answer.path);
      expect(said(answer.path, strippedFolders(answer.path).own)).toBe(plain);
    });
  }

  test("is what an answer's process runs, and so is what it imports", async () => {
    using answer = writeAnswer(
      'import { two } from "./two.ts";\nexport const run = (): number => two as number;',
    );
    const two = join(answer.folder, "two.ts");
    writeFileSync(two, "export const two: number = 2;");
    stripAhead(answer.path);
    for (const path of [answer.path, two]) {
      const source = readFileSync(path, "utf8");
      const entry = readFileSync(entryOf(path), "utf8");
      expect(entry.startsWith(headOfEntry(source))).toBe(true);
      // Marked, to be seen: Node's own would not say 3.
      if (path === two) writeFileSync(entryOf(path), entry.replace(/= 2;$/, "= 3;"));
    }
    await using running = new AnswerProcess(answer.path);
    await running.exports();
    expect(await running.request((peer) => peer.call(0, "run", []), "`run`", 1000)).toBe(3);
    rmSync(entryOf(two));
  });

  test("is not used for a source that has changed since", async () => {
    using answer = writeAnswer("export const run = (): number => 1;");
    stripAhead(answer.path);
    const before = readFileSync(entryOf(answer.path), "utf8");
    writeFileSync(answer.path, "export const run = (): number => 2;");
    expect(before).toContain("=> 1");
    await using running = new AnswerProcess(answer.path);
    await running.exports();
    expect(await running.request((peer) => peer.call(0, "run", []), "`run`", 1000)).toBe(2);
  });

  test("of another answer cannot be read: a solution is one, too", async () => {
    using solution = writeAnswer("export const secret = (): number => 42;");
    stripAhead(solution.path);
    using answer = writeAnswer(
      `import { readFileSync } from "node:fs";
      export function run(path: string): string { return readFileSync(path, "utf8"); }`,
    );
    await using running = new AnswerProcess(answer.path);
    await running.exports();
    const read = running.request((peer) => peer.call(0, "run", [entryOf(solution.path)]), "`run`", 1000);
    await expect(read).rejects.toMatchObject({ code: "ERR_ACCESS_DENIED" });
  });

  test.each([
    ["names", (secret: string) => `export const bait = 'import("${secret}")';`],
    ["imports", (secret: string) => `import "${secret}";`],
    ["imports by a link in its own folder", () => `import "./link.ts";`],
    ["has a comment of", (secret: string) => `// import("${secret}")`],
  ])("is nothing outside of the answer's folder that the answer %s", (_, bait) => {
    using solution = writeAnswer("export const secret = (): number => 42;");
    using answer = writeAnswer(`${bait(solution.path)}\nexport const run = (): number => 1;`);
    symlinkSync(solution.path, join(answer.folder, "link.ts"));
    stripAhead(answer.path);
    const { own, shared } = strippedFolders(answer.path);
    expect(readdirSync(own)).toEqual([nameOfEntry(answer.path)]);
    expect(existsSync(join(shared, nameOfEntry(solution.path)))).toBe(false);
  });

  test("of the packages is what the exercise gives, and nothing else that the answer names", () => {
    const given = importable(["core/framing"]).files;
    const entry = given.find((path) => path.endsWith("framing/index.ts")) ?? "";
    const secret = fileURLToPath(new URL("../verdict.ts", import.meta.url));
    using answer = writeAnswer(`import "${entry}";\nimport "${secret}";`);
    const { own, shared } = strippedFolders(answer.path);
    rmSync(join(shared, nameOfEntry(secret)), { force: true });
    stripAhead(answer.path, given);
    expect(readdirSync(own)).toEqual([nameOfEntry(answer.path)]);
    expect(existsSync(join(shared, nameOfEntry(entry)))).toBe(true);
    expect(existsSync(join(shared, nameOfEntry(secret)))).toBe(false);
  });

  test("cannot be written by an answer", async () => {
    using answer = writeAnswer(
      `import { writeFileSync } from "node:fs";
      export function run(path: string): void { writeFileSync(path, "export const run = () => 'forged';"); }`,
    );
    stripAhead(answer.path);
    await using running = new AnswerProcess(answer.path);
    await running.exports();
    const path = entryOf(answer.path);
    const written = running.request((peer) => peer.call(0, "run", [path]), "`run`", 1000);
    await expect(written).rejects.toMatchObject({ code: "ERR_ACCESS_DENIED" });
    expect(existsSync(path)).toBe(true);
  });

  test("what cannot be stripped, or is not there, is left to Node", () => {
    const folder = mkdtempSync(join(tmpdir(), "answer-"));
    expect(() => stripAhead(join(folder, "nothing.ts"))).not.toThrow();
    expect(() => stripAhead(folder)).not.toThrow();
    rmSync(folder, { recursive: true });
  });
});
