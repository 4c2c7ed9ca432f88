import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gradableCourse, stub, wrong } from "../testing/pty-course.ts";
import { missing } from "../testing/pty.ts";

const because = missing === "" ? "" : ` (${missing})`;
const answer = "exercises/01-double/double.ts";

describe.skipIf(missing !== "")(`in a terminal${because}`, () => {
  test("an exercise that is gone for a moment is said to be, and graded when it is back; a test of one's own changes nothing", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 0\/2/);
    const folder = join(course.root, "exercises/01-double");
    renameSync(folder, join(course.root, "aside"));
    await terminal.sees(
      /01-double cannot be read: Expected the folder exercises\/01-double, [^]*not graded$/,
    );
    renameSync(join(course.root, "aside"), folder);
    await terminal.sees(/✗ 0\/2/);
    course.save("exercises/01-double/my.test.ts", 'import "vitest";\n');
    course.save(answer, wrong);
    await terminal.sees(/✗ 1\/2/);
    terminal.type("l");
    await terminal.saw(/where you are/);
    terminal.type("q");
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.history.match(/cannot be read/g)).toHaveLength(1);
  });
});

describe.skipIf(missing !== "")(`where the status line cannot be written anew${because}`, () => {
  test("a question is a line of its own, and is answered: TERM=dumb", async () => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using terminal = course.workshop([], { env: { TERM: "dumb" } });
    await terminal.saw(/1 of 2 tests pass[^]*Hint/);
    terminal.type("r");
    await terminal.saw(/\nPut the untouched file of 01-double back\? Yours is kept\. y\/N$/);
    // Nothing but text reaches such a terminal.
    expect(terminal.written).not.toContain("\u001B");
    terminal.type("y");
    await terminal.saw(/Your answer is kept in[^]*0 of 2 tests pass/);
    expect(readFileSync(join(course.root, answer), "utf8")).toBe(stub);
  });
});

describe.skipIf(missing !== "")(`pasted into a terminal${because}`, () => {
  test.each([
    ["with its marks", "\u001B[200~s\u001B[201~\u001B[200~y\u001B[201~"],
    ["without", "const sync = system.retry();"],
  ])("a text is no keys, and that is said: %s", async (_, text) => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    expect(terminal.written).toContain("\u001B[?2004h");
    terminal.type(text);
    await terminal.sees(/What is pasted is no keys: nothing was done/);
    terminal.type("l");
    await terminal.saw(/where you are/);
    expect(terminal.history).not.toContain("y/N");
    expect(readFileSync(join(course.root, answer), "utf8")).toBe(wrong);
    const progress = join(course.root, "progress.txt");
    expect(existsSync(progress) && readFileSync(progress, "utf8")).not.toContain("gave up");
    terminal.type("q");
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.written.lastIndexOf("\u001B[?2004l")).toBeGreaterThan(
      terminal.written.lastIndexOf("\u001B[?2004h"),
    );
  });

  test("a text with a y in it answers no question", async () => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    terminal.type("ry");
    await terminal.sees(/Yours is kept\. y\/N/);
    terminal.type("yy");
    terminal.type("\u001B[200~y\u001B[201~");
    await terminal.sees(/What is pasted is no keys[^]*Yours is kept\. y\/N/);
    expect(readFileSync(join(course.root, answer), "utf8")).toBe(wrong);
    terminal.type("n");
    await terminal.sees(/✗ 1\/2 .*q quit/);
    expect(readFileSync(join(course.root, answer), "utf8")).toBe(wrong);
  });
});
