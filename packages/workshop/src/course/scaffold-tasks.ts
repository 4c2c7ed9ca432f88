import { UserError } from "./user-error.ts";

/** `package.json` with a script that proves the exercise, which `check` runs too. */
export function packageWith(text: string, label: string): string {
  const script = `"prove:${label}": "node --disable-warning=ExperimentalWarning packages/workshop/bin/workshop.js check ${label}"`;
  const withScript = behindLast("package.json", text, /"prove:[^"]+": "[^"]*"/g, `,\n    ${script}`);
  return behindLast("package.json", withScript, /(?<="check": "[^"]*) prove:[\w-]+/g, ` prove:${label}`);
}

/** `turbo.json` with its task, so that the exercise is proven again when it changes. It has comments, so it stays text. */
export function turboWith(text: string, label: string): string {
  const task =
    `"//#prove:${label}": {\n` +
    `      "inputs": ["{exercises,solutions,mistakes}/${label}/**", "packages/*/src/**", "!**/*.md"],\n` +
    `      "outputs": []\n    }`;
  return behindLast("turbo.json", text, /"\/\/#prove:[^"]+": \{\n[^]*?\n {4}\}/g, `,\n    ${task}`);
}

function behindLast(file: string, text: string, pattern: RegExp, more: string): string {
  const last = [...text.matchAll(pattern)].at(-1);
  if (last === undefined)
    throw new UserError(`Expected a task prove:NN-name in ${file}, got none to add another to`);
  const end = last.index + last[0].length;
  return text.slice(0, end) + more + text.slice(end);
}
