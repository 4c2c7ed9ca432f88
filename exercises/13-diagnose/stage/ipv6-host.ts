import { ownHost } from "./host.ts";
import { Stage } from "./stage.ts";

/** `::1` where this machine has it. */
export async function hostWithIPv6(): Promise<string> {
  return await Stage.listen({ host: "::1" }).then(
    (stage) => stage[Symbol.asyncDispose]().then(() => "::1"),
    ownHost,
  );
}
