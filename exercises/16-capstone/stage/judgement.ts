import { type Audit, findings } from "./audit.ts";
import { payments, type Storm } from "./storm.ts";

/** One thing that is judged of a storm. */
export interface Judgement {
  rule: string;
  /** The same in each run of a right answer. */
  expected: string;
  /** `expected`, or what was found instead. */
  found: string;
  /** For the page: the number of this run, and what it may be. */
  number: string;
  limit: string;
}

/** A connection for each payment would be 2,000, or more. */
const connections = payments / 4;
/** A payment's CPU time, as a multiple of a bare exchange's. */
const price = 50;

/**
 * In the order in which they are told: what a mistake costs elsewhere comes behind the mistake. Of a storm that ended
 * early only the books. `exchange` is the CPU time of a bare exchange, in µs.
 */
export function judge(storm: Storm, sums: Audit, exchange: number): Judgement[] {
  const books = findings(sums).map(([rule, found]) => {
    return { rule, expected: "none", found, number: found, limit: "none" };
  });
  if (storm.failure !== undefined) return books;
  const { tooLate } = storm.exchanges;
  const times = storm.cpu / 1000 / payments / exchange;
  const sockets = storm.socketsLeft();
  const left = `${sockets.client} in the client, ${sockets.gateway} in the gateway`;
  return [
    ...books,
    {
      rule: "No request is sent with nothing left of its time",
      ...judged("none", tooLate === 0, `≈${tooLate}`),
      number: `${tooLate}`,
      limit: "0",
    },
    {
      rule: "A payment costs the client about five times the CPU of a bare exchange, the storm's retries included",
      ...judged("below 50 times", times < price, `≈${times.toFixed(0)} times`),
      number: `${times.toFixed(1)} times`,
      limit: `below ${price} times`,
    },
    {
      rule: "A connection carries payment after payment, until a fault ends it",
      ...judged("at most 500 connections", storm.connections <= connections, `≈${storm.connections}`),
      number: `${storm.connections} reached the gateway`,
      limit: `at most ${connections}; 100 to 150 are usual`,
    },
    {
      rule: "The storm is over, and no socket is left",
      ...judged("none", sockets.client + sockets.gateway === 0, left),
      number: left,
      limit: "0 and 0",
    },
  ];
}

function judged(expected: string, holds: boolean, otherwise: string): { expected: string; found: string } {
  return { expected, found: holds ? expected : otherwise };
}
