import { count, type Unasked } from "./summary.ts";

/** Which failing answers are left out of what is hard, in a sentence; empty where none is. */
export function unaskedText({ loading, ended, stub }: Unasked): string {
  const parts = [
    loading > 0 &&
      `${count(loading, "answer")} that could not be loaded or ${loading === 1 ? "lacks" : "lack"} an export`,
    ended > 0 && `${count(ended, "answer")} whose process ended itself`,
    stub > 0 && count(stub, "untouched stub"),
  ].filter((part) => part !== false);
  return parts.length === 0 ? "" : `Not counted here: ${parts.join(", ")}.`;
}
