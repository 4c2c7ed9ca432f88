// Each case runs in a process of its own, so that what V8 learned in one does not help or hurt the next; within a case
// all peers take turns. Prints Markdown.
import { execFileSync } from "node:child_process";
import { behaviour, type Behaviour } from "./behaviour.ts";
import { cases, type Case } from "./cases.ts";
import { contender, limit, obstacle, race } from "./measure.ts";
import { peers } from "./peers.ts";
import { report, type Result, type Speed } from "./report.ts";

const ROUNDS = 7;
const LENGTHS = [2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26];

const part = process.argv[2];
if (part === undefined) {
  const behaviours = new Map(ask("behaviour") as [string, Behaviour][]);
  const results = Object.entries(cases).map(([name, shape]): Result => ({
    name,
    shape,
    speeds: new Map(ask(name) as [string, Speed][]),
  }));
  console.log(report(ROUNDS, behaviours, results, ask("flat") as [number, number][]));
} else if (part === "behaviour") {
  const behaviours: [string, Behaviour][] = [];
  for (const peer of peers) behaviours.push([peer.name, await behaviour(peer)]);
  answer(behaviours);
} else if (part === "flat") {
  answer(await flatness());
} else if (cases[part]) {
  answer(await speeds(cases[part]));
} else {
  console.error(`Expected one of: ${Object.keys(cases).join(", ")}, flat, behaviour; got "${part}"`);
  process.exitCode = 2;
}

/** The speed of everyone in one case. */
async function speeds(shape: Case): Promise<[string, Speed][]> {
  const contenders = [limit(peers[0]!, shape)];
  const absent: [string, Speed][] = [];
  for (const peer of peers) {
    const why = await obstacle(peer, shape);
    if (why === undefined) contenders.push(contender(peer, shape));
    else absent.push([peer.name, why]);
  }
  const amount = (shape.unit === "MB/s" ? shape.frames * shape.frameLength : shape.frames) / 1e6;
  const times = await race(contenders, ROUNDS);
  const present = contenders.map(({ name }): [string, Speed] => {
    const time = times.get(name);
    return [name, time === undefined ? "too slow" : (amount / time) * 1000];
  });
  return [...absent, ...present];
}

/** MB/s of `push` by the length of the frame, as many frames as make 64 MiB. */
async function flatness(): Promise<[number, number][]> {
  const push = peers.find(({ name }) => name === "core push")!;
  const contenders = LENGTHS.map((frameLength) =>
    contender(
      { ...push, name: String(frameLength) },
      { frames: 2 ** 26 / frameLength, frameLength, chunkLength: 1448 },
    ),
  );
  return Array.from(await race(contenders, ROUNDS), ([name, time]) => [Number(name), 2 ** 26 / 1e3 / time]);
}

function answer(value: unknown): void {
  console.log(JSON.stringify(value));
}

function ask(what: string): unknown {
  const args = ["--no-deprecation", "--expose-gc", import.meta.filename, what];
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  );
}
