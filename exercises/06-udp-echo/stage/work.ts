import { bytesOf, textOf } from "./bytes.ts";

export type Work = ReturnType<typeof noting>;

/** A `handle` that takes and returns text, and notes with what it was called. */
export function noting(
  work: (payload: string, count: number) => string | Promise<string> = (payload) => payload,
) {
  const worked: string[] = [];
  const handle = async (payload: Uint8Array) => {
    worked.push(textOf(payload));
    return bytesOf(await work(textOf(payload), worked.length));
  };
  return { worked, handle };
}

/** The same, of work that fails the first time that it is asked for this. */
export function failingFirst(failing: string): Work {
  let failed = false;
  return noting((payload) => {
    if (payload === failing && !failed) {
      failed = true;
      throw new Error("the database is away");
    }
    return payload;
  });
}

/** The same, of work that takes until `finish` is called. */
export function slowly(result: (payload: string) => string = (payload) => payload) {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  return { ...noting((payload) => promise.then(() => result(payload))), finish };
}
