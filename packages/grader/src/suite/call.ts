import { AnswerFailure } from "../wire/answer-failure.ts";
import type { CallMode } from "../wire/peer.ts";

/** An export that a call cannot do without. */
export interface Needs {
  name: string;
  kind: "function" | "class";
}

/** What a call is made on, in words, and the method's name. */
export interface Called {
  on: string;
  name: string | undefined;
}

/** `decoder.push`, `encodeFrame`, `connect callback`: the call as the learner would write it. */
export function spellCall(label: string, name: string | undefined, mode: CallMode | undefined): string {
  if (mode === "next" || mode === "return") return `${label}.${mode}`;
  if (label === "kept") return "the same result, read again";
  return [label, name].filter((part) => part).join(".");
}

/** The most exports that are named, and characters of a name: an answer may say that it has as many as fit into a message. */
const named = { most: 20, characters: 80 };

/** The failure of a call that needs what the file does not export. @param exports name to kind, as the answer's process says */
export function noExport(file: string, needs: Needs, exports: { [name: string]: unknown }): AnswerFailure {
  const names = Object.keys(exports);
  const shown = names
    .slice(0, named.most)
    .map((name) => `\`${name.slice(0, named.characters)}\`${kindOf(exports[name])}`);
  const more =
    names.length > named.most ? ` and ${(names.length - named.most).toLocaleString("en")} more` : "";
  const there = names.length === 0 ? "nothing" : shown.join(", ") + more;
  return new AnswerFailure(
    "NO_EXPORT",
    `Expected ${file} to export a ${needs.kind} \`${needs.name}\`; it exports ${there}`,
  );
}

function kindOf(kind: unknown): string {
  return typeof kind === "string" ? ` (${kind.slice(0, named.characters)})` : "";
}

/** Adds what the answer's process does not know: what its objects go by in the test. */
export function inWords(failure: AnswerFailure, call: string, called: Called | undefined): AnswerFailure {
  const { code, message } = failure;
  if (code === "NO_METHOD" && called !== undefined)
    return new AnswerFailure(code, `Expected ${called.on} to have a method \`${called.name}\`; ${message}`);
  if (code === "CANNOT_CROSS")
    return new AnswerFailure(code, `What \`${call}\` gave back could not be read by the test: ${message}`);
  return failure;
}
