import { NetError } from "@tcpip-workshop/core";

/** What a parser may do with whatever text: everything but {@link outcome} of another error. */
export const valueOrSourceInvalid = ["a value", "SOURCE_INVALID"];

/** Whether a parser gave a value, or which error it threw. */
export function outcome(parse: () => unknown): unknown {
  try {
    parse();
    return "a value";
  } catch (error) {
    return error instanceof NetError ? error.code : error;
  }
}
