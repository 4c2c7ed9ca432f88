import type { Command } from "./command.ts";

/** Each is loaded when it is asked for: a verdict does not wait for code that proves the course. */
export const commands: { [name: string]: () => Promise<Command> } = {
  test: async () => (await import("./commands/test.ts")).test,
  list: async () => (await import("./commands/list.ts")).list,
  checklist: async () => (await import("./commands/checklist.ts")).checklist,
  check: async () => (await import("./commands/check.ts")).check,
};

/** In which order, and under which heading, the help shows them. */
export const groups: { heading: string; names: string[] }[] = [
  { heading: "At work", names: ["watch", "test", "next", "hint", "solution", "diff", "reset", "open"] },
  { heading: "Where you are", names: ["list", "progress", "checklist", "track", "review"] },
  { heading: "The machine, and the course itself", names: ["doctor", "new", "check"] },
];
