import { UserError } from "../../course/user-error.ts";

/** One of so many parts of a class. */
export interface Shard {
  /** From 1. */
  index: number;
  count: number;
}

/** The most parts. */
const most = 1000;

/** @throws {UserError} unless it is `3/20` */
export function readShard(typed: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(typed) ?? []).map(Number);
  if (count >= 1 && count <= most && index >= 1 && index <= count) return { index, count };
  throw new UserError(
    `Expected --shard K/N with K from 1 to N and N at most ${most}, such as 3/20, got "${typed}"`,
  );
}

/**
 * The shard's part of them, in the order of their ids: the same on every machine that found the same ones. Dealt like cards, so
 * that neighbours, who may be alike, do not come to one machine.
 */
export function partOf<T extends { id: string }>(all: T[], { index, count }: Shard): T[] {
  return sortedById(all).filter((_, at) => at % count === index - 1);
}

/** By code units, not by a language's rules: these differ from machine to machine. */
export function sortedById<T extends { id: string }>(all: T[]): T[] {
  return all.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
