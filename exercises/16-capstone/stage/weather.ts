import type { Fault } from "@tcpip-workshop/faults/tcp";
import { Random, type Seed } from "@tcpip-workshop/grader/suite";

/** What can happen to a connection: how the page calls it, and how the proxy's record of it begins. */
export const faults = {
  "RST on a request, which the gateway never sees": /^RST on the first byte/,
  "reply lost behind the charge, then FIN": /^reply .* dropped .*; FIN/,
  "reply lost behind the charge, then RST": /^reply .* dropped .*; RST/,
  "reply lost behind the charge, then silence": /^reply .* dropped .*nothing more/,
  "cut in the middle of a frame, by FIN or RST": /^cut at byte/,
  "requests swallowed, without a word": /^blackhole/,
  "reply later than anybody waits": /^reply .* held/,
} as const;

type Name = keyof typeof faults;

const names = Object.keys(faults) as Name[];

/** Never: there are not so many. The proxy counts messages for us nevertheless. */
const never = 1_000_000;

/**
 * The faults of each connection, by seed: one that ends it, each kind in its turn, and for every third one small pieces in
 * both directions. The first two find requests and replies, one for each direction.
 */
export function weather(seed: Seed, replyTimeout: number): (connection: number) => Fault[] {
  const first = new Random(seed).integer(0, names.length - 1);
  return (connection) => {
    const random = new Random(seed.plus(connection * 7919));
    const message = random.integer(3, 45);
    const [bytes, by] = [random.integer(200, 3000), random.integer(0, 1) === 0 ? "FIN" : "RST"] as const;
    const name = names[(first + connection) % names.length] as Name;
    const request = name.startsWith("RST") ? message : never;
    const afterwards = name.endsWith("FIN") ? "FIN" : name.endsWith("RST") ? "RST" : "hang";
    const reply: Fault = name.startsWith("reply later")
      ? { kind: "delayReply", reply: message, ms: 2 * replyTimeout }
      : { kind: "dropReply", reply: name.startsWith("reply lost") ? message : never, afterwards };
    const direction = random.integer(0, 1) === 0 ? "toServer" : "toClient";
    return [
      { kind: "resetOnRequest", request },
      reply,
      ...(name.startsWith("cut") ? [{ kind: "cut", direction, afterBytes: bytes, by } as const] : []),
      ...(name.startsWith("requests swallowed")
        ? [{ kind: "blackhole", direction: "toServer", afterBytes: bytes } as const]
        : []),
      ...(connection % 3 === 0 ? [{ kind: "slice", bytes: random.integer(5, 40) } as const] : []),
    ];
  };
}
