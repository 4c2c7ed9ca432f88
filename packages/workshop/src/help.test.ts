import { describe, expect, test } from "vitest";
import { commands, groups } from "./commands.ts";
import { help, usage } from "./help.ts";

const width = 80;

test("the help shows each command once, within 80 columns", async () => {
  let text = "";
  await help({ write: (more) => (text += more) });
  expect(groups.flatMap(({ names }) => names).toSorted()).toEqual(Object.keys(commands).toSorted());
  for (const name of Object.keys(commands)) expect(text).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
  expect(widest(text)).toBeLessThanOrEqual(width);
});

describe.each(Object.keys(commands))("%s --help", (name) => {
  test("says what it does, and what each option is for", async () => {
    const command = await commands[name]?.();
    if (command === undefined) throw new Error(`Expected a command "${name}"`);
    let text = "";
    usage(command, { write: (more) => (text += more) });
    expect(command.usage).toMatch(new RegExp(`^${name}\\b`));
    for (const [option, { description }] of Object.entries(command.options)) {
      expect(text).toContain(`--${option}`);
      expect(description.length).toBeGreaterThan(0);
    }
    expect(widest(text)).toBeLessThanOrEqual(width);
  });
});

function widest(text: string): number {
  return Math.max(...text.split("\n").map(({ length }) => length));
}
