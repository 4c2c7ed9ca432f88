import type { Exercise } from "@tcpip-workshop/grader";
import { beSeen, entryOf, noteProgress } from "./progress.ts";

/** One level of the hints for a test, as it was opened. */
export interface OpenedHint {
  title: string;
  /** From 1, gentle, to {@link levels}, explicit. */
  level: number;
  levels: number;
  /** Markdown, as `hints.md` has it. */
  text: string;
  /** What is to be said where it cannot be remembered. */
  note?: string;
}

/**
 * Opens the next level of the hints for a test, or the one that is asked for, and remembers how far it was.
 *
 * @returns nothing when all are open already, or there is no such level or test
 */
export function openHint(
  root: string,
  { label, hints }: Exercise,
  title: string,
  asked?: number,
): OpenedHint | undefined {
  const levels = hints.find((hint) => hint.title === title)?.levels ?? [];
  let opened = undefined as OpenedHint | undefined;
  const note = noteProgress(root, (progress) => {
    const entry = entryOf(progress, label);
    const before = entry.hints.get(title) ?? 0;
    const level = asked ?? before + 1;
    const text = levels[level - 1];
    if (text === undefined) return;
    beSeen(entry);
    entry.hints.set(title, Math.max(before, level));
    opened = { title, level, levels: levels.length, text };
  });
  if (opened !== undefined && note !== undefined) opened.note = note;
  return opened;
}
