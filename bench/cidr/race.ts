/** Does the work for every input once, and gives something the compiler cannot leave out. */
export type Lane = () => number;

export interface Result {
  readonly name: string;
  /** Median over the rounds, in nanoseconds of processor time for one input. */
  readonly nanoseconds: number;
}

const ROUNDS = 7;
const SLICE_MS = 12;

/**
 * Runs the lanes in turn, round after round, so that a slow minute of the machine hits all of them; `inputs` is how many
 * each call of a lane works through. The order turns with every round.
 */
export function race(lanes: Record<string, Lane>, inputs: number, rounds = ROUNDS): Result[] {
  const names = Object.keys(lanes);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  // One round is for what takes milliseconds, which needs no warming up either.
  for (let round = rounds === 1 ? 0 : -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 1) % names.length]!;
      const lane = lanes[name]!;
      let [calls, elapsed] = timed(lane, 0);
      // What is faster than a slice is asked again: its first call found the caches as the lane before had left them.
      if (elapsed < SLICE_MS) [calls, elapsed] = timed(lane, SLICE_MS);
      // The first round warms up.
      if (round >= 0) times.get(name)!.push((elapsed / calls / inputs) * 1e6);
    }
  }
  return names.map((name) => ({ name, nanoseconds: median(times.get(name)!) }));
}

/** Calls `lane` until `slice` milliseconds are over, at least once. */
function timed(lane: Lane, slice: number): [calls: number, milliseconds: number] {
  const start = threadMilliseconds();
  let calls = 0;
  let sum = 0;
  let elapsed = 0;
  do {
    sum += lane();
    calls++;
    elapsed = threadMilliseconds() - start;
  } while (elapsed < slice);
  if (Number.isNaN(sum)) throw new Error("Expected a number from every lane, got NaN");
  return [calls, elapsed];
}

/** What this thread had of the processor: a clock would count the others' turns on a busy machine, too. */
function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
