import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answerOf, gradableCourse, right, slow, stub, wrong, wrongThenGated } from "../testing/pty-course.ts";
import { missing } from "../testing/pty.ts";

const because = missing === "" ? "" : ` (${missing})`;
const answer = "exercises/01-double/double.ts";
const read = (root: string, path = answer): string => readFileSync(join(root, path), "utf8");

describe.skipIf(missing !== "")(`in a terminal${because}`, () => {
  test("a session goes from the first red over a hint and the pass to the next exercise", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    const first = await terminal.sees(/✗ 0\/2/);
    expect(first).toMatch(
      /^✗ exercises\/01-double: 0 of 2 tests pass\n\n +This is the untouched stub, so red is/,
    );
    // The greeting has gone up into the scrollback.
    expect(terminal.history).toMatch(/^01-double: The double\n0 of 2 exercises passed\. Welcome!/);
    expect(terminal.history).toMatch(
      /Read +exercises\/01-double\/README\.md\n +Write +exercises\/01-double\/double\.ts/,
    );
    // The first is the last thing that the failure says.
    expect(first).toMatch(/Hint +What is one and one\?/);
    terminal.type("h");
    const second = await terminal.saw(/Hint 2 of 3\n\n +Two\.\n\nThe next one says more: h\n/);
    expect(second).not.toContain("No verdict");

    course.save(answer, wrong);
    const red = await terminal.sees(/✗ 1\/2/);
    expect(red).toMatch(/^✗ exercises\/01-double: 1 of 2 tests pass\n\n {2}✗ doubles many\n/);
    expect(red).not.toContain("Welcome");

    terminal.type("h");
    expect(red).toMatch(/Hint +And of a thousand\?/);
    expect(await terminal.sees(/Hint 2 of 3\n\n +Twice/)).toMatch(
      /Twice as much\.\n\nThe next one says more: h\n/,
    );
    terminal.type("h");
    expect(await terminal.sees(/Hint 3 of 3/)).toContain("`2 * number`, too");
    terminal.type("h");
    await terminal.saw(/That was the last hint for this test; [^]*counts as given up: s\n/);

    course.save(answer, right);
    const green = await terminal.sees(/✓ 2\/2/);
    expect(green).toMatch(/^✓ exercises\/01-double: all 2 tests pass\n/);
    expect(green).toContain("Compare     solutions/01-double/double.ts");
    expect(green).toContain("Production  packages/core/src/double/ doubles more.");
    expect(green).toMatch(/✓ doubles one\n +One frame that counts for one is lost\./);

    terminal.type("\r");
    const next = await terminal.sees(/02 ✗ 0\/2/);
    expect(next).toMatch(/Next in the course: 02-again/);
    expect(next).toContain("✗ exercises/02-again: 0 of 2 tests pass");
    terminal.type("q");
    expect(await terminal.exitCode).toBe(0);
    expect(read(course.root, "progress.txt")).toContain("now 02-again\n");
    // What was cleared is not lost.
    expect(terminal.history).toMatch(/Welcome![^]*1 of 2 tests pass[^]*all 2 tests pass/);
  });

  test("what is typed during a run is done after it, in its order", async () => {
    using course = gradableCourse();
    course.save(answer, slow);
    await using terminal = course.workshop([]);
    await terminal.sees(/Grading 01-double: \d of 2 tests, \d+\.\d s/);
    terminal.type("h");
    await terminal.sees(/Grading .*, then: h/);
    terminal.type("l");
    await terminal.sees(/Grading .*, then: h l/);
    const after = await terminal.saw(/1 of 2 passed[^]*where you are/);
    expect(after).toMatch(/all 2 tests pass[^]*none needs a hint[^]*1 of 2 passed/);
  });

  test("the first failure is there while the rest is graded, and until then the old verdict is called old", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 0\/2/);
    course.save(answer, slow);
    await terminal.sees(/Grading 01-double: \d of 2 tests, \d+\.\d s; above is the old verdict/);
    await terminal.sees(/✓ 2\/2/);
    course.save(answer, wrongThenGated);
    const begun = await terminal.sees(
      /^✗ exercises\/01-double: 1 test fails so far, 1 of 2 done\n[^]*Grading/,
    );
    expect(begun).toMatch(/✗ doubles one\n[^]*Expected +2\n +Received +7\n/);
    expect(begun).toMatch(/Grading 01-double: 1 of 2 tests, \d+\.\d s \(last time/);
    course.save("exercises/01-double/gate", "");
    expect(await terminal.sees(/✗ 1\/2/)).toMatch(/^✗ exercises\/01-double: 1 of 2 tests pass\n/);
    // The verdict takes its place.
    expect(terminal.history).not.toContain("so far");
  });

  test("a run of which nobody needs the verdict any more leaves none", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 0\/2/);
    course.save(answer, slow);
    await terminal.sees(/Grading 01-double/);
    course.save(answer, wrong);
    await terminal.sees(/✗ 1\/2/);
    expect(terminal.history).not.toContain("all 2 tests pass");
  });

  test("the headline of a long failure stays on the screen, which says that there is more", async () => {
    using course = gradableCourse();
    // Wrong for the last of many numbers: each is a step of the failure.
    course.save(answer, answerOf("number === 700 ? 0 : 2 * number"));
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    terminal.type("t");
    const screen = await terminal.sees(/^✗ exercises\/01-double: 1 of 2 tests pass\n/);
    expect(screen).toMatch(/Expected +1400\n +Received +0\n/);
    expect(screen).toMatch(/Not all is shown: f for the whole text, \d+ lines\n/);
    terminal.type("f");
    expect(await terminal.sees(/… \d+ lines more: f/)).toMatch(
      /^✗ exercises\/01-double: 1 of 2 tests pass\n/,
    );
    await terminal.sees(/f \d+ more/);
    terminal.type("f");
    await terminal.sees(/✓ doubles one\n {2}✗ doubles many\n.*q quit$/);
  });

  test("reset asks, keeps what it replaces, and the stub is graded", async () => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    terminal.type("r");
    await terminal.sees(/Put the untouched file of 01-double back\? Yours is kept\. y\/N/);
    terminal.type("n");
    await terminal.sees(/✗ 1\/2 .*q quit/);
    expect(read(course.root)).toBe(wrong);
    terminal.type("r");
    await terminal.sees(/y\/N/);
    terminal.type("y");
    expect(await terminal.sees(/✗ 0\/2/)).toMatch(
      /Your answer is kept in[^]*The untouched stub, so red is right/,
    );
    expect(read(course.root)).toBe(stub);
  });

  test("no hint is opened, and none is counted, while the file cannot be loaded", async () => {
    using course = gradableCourse();
    course.save(answer, `const boom = 1;\nthrow new Error("boom");\n${right}`);
    await using terminal = course.workshop([]);
    await terminal.sees(/could not be loaded[^]*✗ 0\/2/);
    terminal.type("h");
    await terminal.saw(/Your file could not be loaded, and that comes first: double\.ts:2/);
    terminal.type("l");
    await terminal.saw(/where you are +n goes on/);
    expect(terminal.history).not.toContain("Hint");
    expect(read(course.root, "progress.txt")).not.toContain("hint");
  });

  test("a file that is gone is said, and the key that puts the stub there; no hint is opened", async () => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    rmSync(join(course.root, answer));
    expect(await terminal.sees(/! 0\/0/)).toMatch(/no\s+such file[^]*start\s+again\s+from the stub: r\n/);
    terminal.type("h");
    await terminal.saw(/could not be graded, and that comes first\. f says why/);
    terminal.type("r");
    await terminal.sees(/y\/N/);
    terminal.type("y");
    await terminal.sees(/✗ 0\/2/);
    expect(read(course.root)).toBe(stub);
    expect(read(course.root, "progress.txt")).not.toContain("hint");
  });

  test("the differences before a pass are shown only to who says yes, and what is wrapped keeps its sign", async () => {
    using course = gradableCourse();
    course.save(answer, `// ${"as long as it goes on ".repeat(5)}\n${wrong}`);
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    terminal.type("d");
    await terminal.sees(/See the differences from ours, and have that noted\? y\/N/);
    terminal.type("y");
    const shown = await terminal.saw(/- yours {3}\+ the solution's/);
    expect(shown).toMatch(/\n-\/\/ as long as it goes .*\n-it goes on|\n-\/\/ as long .*\n-\w/);
    expect(read(course.root, "progress.txt")).toContain("gave up");
  });

  test("the solution before a pass is shown only to who says yes, and that is noted", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 0\/2/);
    terminal.type("s");
    await terminal.sees(/See the solution, and have that noted\? y\/N/);
    terminal.type("x");
    await terminal.sees(/✗ 0\/2 .*q quit/);
    expect(terminal.history).not.toContain("return 2 * number");
    terminal.type("s");
    await terminal.sees(/y\/N/);
    terminal.type("y");
    await terminal.saw(/return 2 \* number/);
    expect(read(course.root, "progress.txt")).toContain("gave up");
  });

  test("a window of another size is drawn anew, no line wider than it", async () => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 1\/2/);
    terminal.type("t");
    await terminal.sees(/^✗ exercises/);
    terminal.resize(46, 24);
    const narrow = await terminal.sees(/A thousand frames that count for a\n {12}thousand/);
    expect(narrow).toMatch(/^✗ exercises\/01-double: 1 of 2 tests pass\n/);
    expect(narrow.split("\n").length).toBeLessThanOrEqual(24);
  });

  test("NO_COLOR is heard, and where nothing can be written anew nothing is", async () => {
    using course = gradableCourse();
    course.save(answer, wrong);
    await using coloured = course.workshop([]);
    await using plain = course.workshop([], { env: { NO_COLOR: "1" } });
    await using dumb = course.workshop([], { env: { TERM: "dumb", NO_COLOR: "1" } });
    await coloured.sees(/✗ 1\/2/);
    await plain.sees(/✗ 1\/2/);
    await dumb.sees(/1 of 2 tests pass[^]*✗ doubles many\n*$/);
    expect(coloured.written).toContain("\u001B[31m");
    // oxlint-disable-next-line no-control-regex
    expect(plain.written).not.toMatch(/\u001B\[\d+m/);
    expect(dumb.written).not.toContain("\u001B");
    expect(dumb.written).not.toMatch(/\r(?!\n)/);
  });

  test("every key's command is one that can be typed", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 0\/2/);
    terminal.type("?");
    expect(await terminal.sees(/Ctrl-Z/)).toMatch(/h +the next hint[^]*f +the whole text[^]*q +quit/);
    terminal.type("o");
    const [url = ""] = /http:\/\/127\.0\.0\.1:\S+/.exec(await terminal.saw(/http:\S+\/\n/)) ?? [];
    expect((await fetch(url)).status).toBe(200);
  });
});

describe.skipIf(missing !== "")(`the terminal is given back${because}`, () => {
  test.each([
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("after %s, with exit code 0", async (_, keys) => {
    using course = gradableCourse();
    await using terminal = course.workshop([], { stays: true });
    await terminal.sees(/✗ 0\/2/);
    expect(terminal.modes).toMatch(/-icanon[^]*-echo /);
    terminal.type(keys);
    await terminal.sees(/exit code 0$/);
    expect(terminal.modes).toMatch(/ icanon[^]* echo /);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("after %s, of which it dies", async (signal, code) => {
    using course = gradableCourse();
    await using terminal = course.workshop([], { stays: true });
    await terminal.sees(/✗ 0\/2/);
    process.kill(terminal.childPid, signal);
    await terminal.sees(new RegExp(`exit code ${code}$`));
    expect(terminal.modes).toMatch(/ icanon[^]* echo /);
  });

  test("after an error that nobody caught", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop(["--crash"], { stays: true });
    await terminal.sees(/✗ 0\/2/);
    terminal.type("c");
    await terminal.sees(/broken on purpose[^]*exit code 1$/);
    expect(terminal.modes).toMatch(/ icanon[^]* echo /);
  });

  test("to the shell with Ctrl-Z, and taken again with fg", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([], { inShell: true });
    await terminal.sees(/✗ 0\/2/);
    terminal.type("\u001A");
    await terminal.saw(/Stopped/);
    await expect.poll(() => terminal.modes).toMatch(/ icanon[^]* echo /);
    terminal.type("fg\n");
    await expect.poll(() => terminal.modes).toMatch(/-icanon[^]*-echo /);
    await terminal.sees(/✗ 0\/2 .*q quit$/);
    terminal.type("?");
    await terminal.sees(/these keys/);
    terminal.type("q");
    await terminal.sees(/fg` comes back\n\$$/);
  });

  test("with its own group stopped where there is no shell: it goes on", async () => {
    using course = gradableCourse();
    await using terminal = course.workshop([]);
    await terminal.sees(/✗ 0\/2/);
    terminal.type("\u001A");
    terminal.type("?");
    expect(await terminal.sees(/these keys/)).not.toContain("Stopped");
  });
});

describe("without a terminal", () => {
  test("it says what to do instead, with exit code 2", async () => {
    using course = gradableCourse();
    await using command = course.piped();
    expect(await command.ended).toEqual([2, null]);
    expect(command.text).toContain("grade it once with `pnpm test 01`");
    expect(command.text).toContain("pnpm workshop watch 01 --no-keys");
    expect(existsSync(join(course.root, "progress.txt"))).toBe(false);
  });

  test("--no-keys prints one verdict below the other, and a signal ends it", async () => {
    using course = gradableCourse();
    await using watching = course.piped("watch", "01", "--no-keys");
    await watching.says(/0 of 2 tests pass[^]*✗ doubles many\n/);
    course.save(answer, right);
    await watching.says(/all 2 tests pass[^]*thousand times\.\n/);
    expect(watching.text).not.toContain("\u001B");
    expect(watching.text).not.toContain("\r");
    watching.signal("SIGTERM");
    expect(await watching.ended).toEqual([null, "SIGTERM"]);
  });
});
