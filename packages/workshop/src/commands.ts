import type { Command } from "./command.ts";

/** Each is loaded when it is asked for: a verdict does not wait for code that proves the course. */
export const commands: { [name: string]: () => Promise<Command> } = {
  watch: async () => (await import("./commands/watch.ts")).watch,
  test: async () => (await import("./commands/test.ts")).test,
  next: async () => (await import("./commands/next.ts")).next,
  hint: async () => (await import("./commands/hint.ts")).hint,
  solution: async () => (await import("./commands/solution.ts")).solution,
  diff: async () => (await import("./commands/diff.ts")).diff,
  reset: async () => (await import("./commands/reset.ts")).reset,
  open: async () => (await import("./commands/open.ts")).open,
  list: async () => (await import("./commands/list.ts")).list,
  progress: async () => (await import("./commands/progress.ts")).progress,
  checklist: async () => (await import("./commands/checklist.ts")).checklist,
  track: async () => (await import("./commands/track.ts")).track,
  review: async () => (await import("./commands/review.ts")).review,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  grade: async () => (await import("./commands/grade.ts")).grade,
  new: async () => (await import("./commands/new.ts")).newExercise,
  check: async () => (await import("./commands/check.ts")).check,
};

/** In which order, and under which heading, the help shows them. */
export const groups: { heading: string; names: string[] }[] = [
  { heading: "At work", names: ["watch", "test", "next", "hint", "solution", "diff", "reset", "open"] },
  { heading: "Where you are", names: ["list", "progress", "checklist", "track", "review"] },
  { heading: "For instructors", names: ["grade"] },
  { heading: "The machine, and the course itself", names: ["doctor", "new", "check"] },
];
