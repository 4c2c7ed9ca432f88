/** What the learner wants, whichever key or line said it. */
export type Key =
  | "next"
  | "enter"
  | "hint"
  | "list"
  | "reset"
  | "solution"
  | "diff"
  | "run"
  | "open"
  | "full"
  | "keys"
  | "quit"
  | "suspend"
  | "redraw";

const meanings: { [character: string]: Key } = {
  n: "next",
  h: "hint",
  l: "list",
  r: "reset",
  s: "solution",
  d: "diff",
  t: "run",
  o: "open",
  f: "full",
  " ": "full",
  "?": "keys",
  q: "quit",
  "\r": "enter",
  "\n": "enter",
  "\u0003": "quit",
  "\u0004": "quit",
  "\u001A": "suspend",
  "\u000C": "redraw",
};

/** What a character stands for, large or small; nothing for one that is no key. */
export function keyOf(character: string): Key | undefined {
  return meanings[character] ?? meanings[character.toLowerCase()];
}

/** For the key `?`: what each does, and the command that does the same. */
export const keyHelp: [key: string, what: string, command?: string][] = [
  ["Enter", "passed: the next exercise; else: run again"],
  ["n", "the next exercise", "next"],
  ["t", "run again", "test"],
  ["h", "the next hint for the first test that fails; again for one more", "hint"],
  ["f", "the whole text, a screen at a time (Space too)", "test"],
  ["l", "the exercises, and how far you are", "list"],
  ["d", "the differences from ours", "diff"],
  ["s", "the solution", "solution"],
  ["r", "the untouched file again; yours is kept", "reset"],
  ["o", "the page, for those who would rather look", "open"],
  ["?", "these keys", "help"],
  ["q", "quit (Ctrl-C, Ctrl-D); Ctrl-Z: to the shell, `fg` comes back"],
];
