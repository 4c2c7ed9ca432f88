import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { brokenCopy, workshop, workshopAt } from "./testing/workshop-process.ts";

describe("the exit code", () => {
  test("is 0 for an answer that passes", async () => {
    const { code, text } = await workshop("test", "solutions/04");
    expect(text).toMatch(/^✓ solutions\/04-framing: all \d+ tests pass/);
    expect(code).toBe(0);
  });

  test("is 1 for an answer that fails, and the text says what to do first", async () => {
    const { code, text } = await workshop("test", "mistakes/04/stub");
    expect(text).toContain("everyone starts here");
    expect(code).toBe(1);
  });

  test("is 2 for a label that is none", async () => {
    expect(await workshop("test", "farming")).toEqual({
      code: 2,
      text: expect.stringMatching(
        /^There is no exercise "farming"\. The nearest: 04-framing.*\. All: pnpm workshop list\n$/,
      ),
    });
  });

  test("is 2 for a number that is none, and no other is near a number", async () => {
    expect(await workshop("test", "99")).toEqual({
      code: 2,
      text: 'There is no exercise "99". All: pnpm workshop list\n',
    });
  });

  test("is 2 for an option that is none, with the nearest one and the usage", async () => {
    const { code, text } = await workshop("test", "04", "--sed", "1");
    expect(text).toMatch(/^Unknown option '--sed'\. The nearest: --seed\nUsage: pnpm workshop test/);
    expect(code).toBe(2);
  });

  test.skipIf(process.platform === "win32")("is 2, and nothing is said, when nobody reads any more", () => {
    const script = `node --disable-warning=ExperimentalWarning bin/workshop.js check --signatures | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
      env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
    });
    expect([stdout, stderr]).toEqual(["2\n", ""]);
  });

  test("is 2, and never 0, when the workshop itself breaks", async () => {
    using copy = brokenCopy();
    const { code, text } = await workshopAt(copy.bin, "test", "04");
    expect(text).toContain("This is a bug of the workshop's, not yours: Error: broken on purpose");
    expect(code).toBe(2);
  });

  test("is 2 for a command that is none", async () => {
    expect(await workshop("tset")).toEqual({
      code: 2,
      text: expect.stringMatching(/^There is no command "tset"\. The nearest: test\b.*pnpm workshop help\n$/),
    });
  });

  test.each([
    [["next", "07"], 'Expected no word behind next, got "07"\nUsage: pnpm workshop next\n'],
    [["list", "04"], 'Expected no word behind list, got "04"\nUsage: pnpm workshop list [--all]\n'],
    [
      ["hint", "04", "1"],
      'Expected one word behind hint, got "04" "1"\nUsage: pnpm workshop hint [label] [--test <number|title>] [--level N]\n',
    ],
    [
      ["new", "17-a", "18-b"],
      'Expected one word behind new, got "17-a" "18-b"\nUsage: pnpm workshop new <NN-label>\n',
    ],
  ])("is 2 for words too many: %j", async (argv, text) => {
    expect(await workshop(...argv)).toEqual({ code: 2, text });
  });

  test("is 2 for a seed that is none", async () => {
    expect(await workshop("test", "04", "--seed", "x")).toEqual({
      code: 2,
      text: 'Expected a seed of 32 hexadecimal digits, or a number from 0 to 4294967295, got "x"\n',
    });
  });
});

test("a failure tells how to have the same random data again", async () => {
  const { text } = await workshop("test", "mistakes/04/one-frame-per-chunk", "--seed", "7");
  expect(text).toMatch(
    /\n {2}The same random data again:\n {4}pnpm test mistakes\/04-framing\/one-frame-per-chunk --seed 0{31}7\n$/,
  );
});

test("several answers are graded at once, each with its verdict", async () => {
  const { code, text } = await workshop("test", "solutions/04", "solutions/02");
  expect(text).toMatch(/✓ solutions\/04-framing[\s\S]*✓ solutions\/02-cidr/);
  expect(code).toBe(0);
});

test("--json prints the verdicts as data and nothing else", async () => {
  const { text } = await workshop("test", "solutions/04", "--json");
  expect(JSON.parse(text)).toMatchObject([{ exercise: "04-framing", status: "pass" }]);
});

test("a label in place of a command is where to be", async () => {
  for (const typed of ["04", "framing"])
    expect((await workshop(typed)).text).toMatch(
      /^Expected a terminal to hear keys from\. You are at 04-framing/,
    );
});

test("help of a command is that command's", async () => {
  expect(await workshop("help", "hint")).toEqual(await workshop("hint", "--help"));
  expect((await workshop("help", "hnit")).text).toMatch(/^There is no command "hnit"/);
});

test("every command answers --help", async () => {
  for (const command of ["test", "list", "checklist", "check"]) {
    const { code, text } = await workshop(command, "--help");
    expect(text).toContain(`pnpm workshop ${command}`);
    expect(code).toBe(0);
  }
});

test("checklist tells what is proven, and what is still to be graded", async () => {
  const { code, text } = await workshop("checklist");
  expect(text).toMatch(
    /^\d+ of \d+ lines proven by your own answers\n[\s\S]*· no answer of yours was graded/,
  );
  expect(code).toBe(0);
});

test("list names the exercises in reading order", async () => {
  const { text } = await workshop("list");
  expect(text).toMatch(/02-cidr[\s\S]*04-framing/);
});
