import { printable } from "@tcpip-workshop/grader/early";

/** Of a longer name only the beginning is shown. */
const longestShown = 160;
const longestPath = 1024;

/**
 * A name out of a stranger's hands, fit for a terminal, a log in CI and a report: one line, nothing invisible, and none of the
 * commands that CI systems obey in a log (`::error::`, `##vso[…]`, `##[…]`, `##teamcity[…]`).
 */
export function shownName(name: string): string {
  const cut = name.length > longestShown ? `${name.slice(0, longestShown)}…` : name;
  return printable(cut)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\uFFFD\u115F\u1160\u3164\uFFA0]/gu, writtenOut)
    .replace(/:(?=:)/g, "\\x3a")
    .replace(/#(?=#)/g, "\\x23");
}

/** Why a path is not to be trusted, or nothing. `./` at its start, which tar writes, is taken off before. */
export function unsafePath(path: string): string | undefined {
  if (path.length > longestPath) return `its path has more than ${longestPath} characters`;
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  if (/[\u0000-\u001F\u007F-\u009F]/.test(path)) return "its path has a control character in it";
  if (path.includes("\\")) return "its path has a backslash in it: folders are separated by /";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path))
    return "its path is absolute: it must begin at the folder you hand in";
  const parts = path.split("/");
  if (parts.includes("..")) return "its path leads out of the folder through ..";
  if (parts.includes(".") || parts.includes("")) return "its path has an empty part in it";
  return undefined;
}

/** What names are compared by to tell the learner of a near miss. A name that only folds to the right one is never taken. */
export function foldName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[\p{Cf}\p{Mn}\p{Cc}]/gu, "")
    .toLowerCase();
  return Array.from(plain, (letter) => lookAlikes.get(letter) ?? letter).join("");
}

/**
 * Two names that nobody, or no file system, tells apart have the same: by case (NTFS, APFS), by the way an accent is written (APFS),
 * by letters of other scripts that are drawn alike.
 */
export function lookOf(name: string): string {
  const folded = name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
  return Array.from(folded, (letter) => lookAlikes.get(letter) ?? letter).join("");
}

/** Why a name that folds to the expected one is not it. */
export function nearMiss(name: string, expectedName: string): string {
  const expected = shownName(expectedName);
  const stranger = Array.from(name).find((letter) => !/^[\u0020-\u007E]$/.test(letter));
  if (stranger === undefined) return `Expected the name ${expected}, written exactly so`;
  const code = (stranger.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `Expected the name ${expected}, got one with U+${code} in it, which only looks alike`;
}

/** Cyrillic and Greek letters that are drawn as Latin ones (Unicode's UTS #39 has them all), lower case. */
const lookAlikes = new Map(
  ["аa", "еe", "оo", "рp", "сc", "уy", "хx", "ѕs", "іi", "ıi", "јj", "ԁd", "һh", "ԛq", "ԝw", "ɡg", "мm", "тt"]
    .concat(["кk", "пn", "гr", "ӏl", "οo", "αa", "ιi", "νv", "ρp", "υu", "κk", "ϲc", "ɩi", "ο0", "‐-", "‑-"])
    .concat(["–-", "−-", "․.", "∕/", "⁄/"])
    .map((pair): [string, string] => [pair[0] ?? "", pair[1] ?? ""]),
);

function writtenOut(letter: string): string {
  const code = (letter.codePointAt(0) ?? 0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
}
