import { field, quietly, step, type Answer } from "@tcpip-workshop/grader/suite";

type Backlog = typeof import("../backlog.ts");
type Options = Partial<Parameters<Backlog["startService"]>[0]>;

/** The answer's service. */
export async function start(backlog: Answer<Backlog>, options: Options = {}) {
  const more = Object.entries({ ...options, port: undefined, warmUp: undefined }).filter(
    ([, value]) => value !== undefined,
  );
  const shown = [
    "warmUp",
    ...(options.port === undefined ? [] : ["port"]),
    ...more.map(([key, value]) => `${key}: ${String(value)}`),
  ];
  step(`startService({ ${shown.join(", ")} })`);
  const service = await quietly(() => backlog.startService({ warmUp: async () => {}, ...options }));
  const port = await quietly(() => field(service.port));
  // A process that has died meanwhile is told of by the test.
  return { port, [Symbol.asyncDispose]: () => quietly(() => service.close()).catch(() => {}) };
}
