import { NetError } from "@tcpip-workshop/core/net-error";
import { chance } from "../chance.ts";
import type { Direction } from "../record.ts";
import { expectFault, type Fault } from "./fault.ts";

/** From and to, both included. */
export type Range = readonly [least: number, most: number];

export interface SeededFaultsOptions {
  /** Share of the connections (0 to 1) that have this fault; each kind is drawn for itself. Default 0. */
  slice?: number;
  latency?: number;
  blackhole?: number;
  cut?: number;
  resetOnRequest?: number;
  dropReply?: number;
  delayReply?: number;
  /** Behind which byte a cut or blackhole comes. Default 0 to 65,536. */
  afterBytes?: Range;
  /** How large slices are. Default 1 to 1,460. */
  bytes?: Range;
  /** How long latency and late replies take. Default 1 to 100. */
  ms?: Range;
  /** Which request or reply it is. Default 1 to 5. */
  message?: Range;
}

/** A plan that a seed decides: the same storm for the same seed, whatever the timing. */
export interface SeededFaults {
  (connection: number): readonly Fault[];
  readonly seed: number;
  /** The plan for the first connections as one that can be printed, and pasted in its place. */
  explicit(connections: number): Fault[];
}

/** `FaultProxy.start(server, { faults: seededFaults(42, { cut: 0.2 }) })`. Throws `ARGUMENT_INVALID`. */
export function seededFaults(seed: number, options: SeededFaultsOptions): SeededFaults {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new NetError("ARGUMENT_INVALID", `Expected a seed from 0 to 4294967295, got ${seed}`);
  }
  const kinds = Object.keys(DRAWS) as (keyof typeof DRAWS)[];
  for (const kind of kinds) {
    const share = options[kind] ?? 0;
    if (!(share >= 0 && share <= 1)) {
      throw new NetError("ARGUMENT_INVALID", `Expected for ${kind} a share from 0 to 1, got ${share}`);
    }
  }
  const faultsOf = (connection: number): Fault[] =>
    kinds.flatMap((kind, index) => {
      // Each kind has draws of its own: a share that changes leaves the other faults where they were.
      let drawn = 0;
      const draw = (): number => chance(seed, connection, index, ++drawn);
      if (draw() >= (options[kind] ?? 0)) return [];
      return [expectFault({ ...DRAWS[kind](new Draws(draw, options)), connection })];
    });
  return Object.assign(faultsOf, {
    seed,
    explicit: (connections: number) =>
      Array.from({ length: connections }, (_, index) => faultsOf(index + 1)).flat(),
  });
}

class Draws {
  readonly #draw: () => number;
  readonly #options: SeededFaultsOptions;

  constructor(draw: () => number, options: SeededFaultsOptions) {
    this.#draw = draw;
    this.#options = options;
  }

  between(name: "afterBytes" | "bytes" | "ms" | "message"): number {
    const [least, most] = this.#options[name] ?? RANGES[name];
    if (!(Number.isSafeInteger(least) && Number.isSafeInteger(most) && least <= most)) {
      throw new NetError(
        "ARGUMENT_INVALID",
        `Expected for ${name} a least and a most, got ${least}, ${most}`,
      );
    }
    return least + Math.floor(this.#draw() * (most - least + 1));
  }

  oneOf<const T>(first: T, second: T): T {
    return this.#draw() < 0.5 ? first : second;
  }

  direction(): Direction {
    return this.oneOf("toServer", "toClient");
  }
}

const RANGES = { afterBytes: [0, 65_536], bytes: [1, 1460], ms: [1, 100], message: [1, 5] } as const;

// In the order in which bytes meet them.
const DRAWS = {
  slice: (draws) => ({ kind: "slice", direction: draws.direction(), bytes: draws.between("bytes") }),
  latency: (draws) => ({ kind: "latency", direction: draws.direction(), ms: draws.between("ms") }),
  blackhole: (draws) => ({
    kind: "blackhole",
    direction: draws.direction(),
    afterBytes: draws.between("afterBytes"),
  }),
  cut: (draws) => ({
    kind: "cut",
    direction: draws.direction(),
    afterBytes: draws.between("afterBytes"),
    by: draws.oneOf("FIN", "RST"),
  }),
  resetOnRequest: (draws) => ({ kind: "resetOnRequest", request: draws.between("message") }),
  dropReply: (draws) => ({
    kind: "dropReply",
    reply: draws.between("message"),
    afterwards: draws.oneOf("FIN", "RST"),
  }),
  delayReply: (draws) => ({ kind: "delayReply", reply: draws.between("message"), ms: draws.between("ms") }),
} satisfies Record<string, (draws: Draws) => Fault>;
