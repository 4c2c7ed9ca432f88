import { field, quietly, type Answer } from "@tcpip-workshop/grader/suite";

type Backlog = typeof import("../backlog.ts");
type Options = Partial<Parameters<Backlog["startService"]>[0]>;

/** The answer's service. */
export async function start(backlog: Answer<Backlog>, options: Options = {}) {
  const service = await backlog.startService({ warmUp: async () => {}, ...options });
  const port = await quietly(() => field(service.port));
  // A process that has died meanwhile is told of by the test.
  return { port, [Symbol.asyncDispose]: () => quietly(() => service.close()).catch(() => {}) };
}
