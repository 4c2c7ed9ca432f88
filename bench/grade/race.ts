import { setTimeout } from "node:timers/promises";
import type { Lane } from "./lane.ts";

export interface Race {
  /** Milliseconds for a submission, the median of the rounds. */
  sealedTime: number;
  openTime: number;
  /** Of sealed to open, round by round: the median, and the extremes. */
  ratio: number;
  least: number;
  most: number;
}

/** Milliseconds in which a cell that was made ready for nobody yet has started, and disturbs no one. */
const pause = 400;

/** Both in turns, each the first in every other round: what else the machine does comes to both. */
export async function race(
  sealed: Lane,
  open: Lane,
  label: string,
  { submissions, rounds }: { submissions: number; rounds: number },
): Promise<Race> {
  const sealedTimes: number[] = [];
  const openTimes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = [async () => sealedTimes.push(await sealed.time(label, submissions))];
    turns[round % 2 === 0 ? "push" : "unshift"](async () =>
      openTimes.push(await open.time(label, submissions)),
    );
    for (const turn of turns) {
      await turn();
      await setTimeout(pause);
    }
  }
  const ratios = sealedTimes.map((time, round) => time / (openTimes[round] ?? Number.NaN));
  return {
    sealedTime: median(sealedTimes),
    openTime: median(openTimes),
    ratio: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  };
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}
