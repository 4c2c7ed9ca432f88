import { expect, type WaitOptions } from "@tcpip-workshop/grader/suite";
import { textOf } from "./bytes.ts";
import { noteCrash, until } from "./until.ts";

/** What came of a request; a reply's payload as text, where it is short. */
export type Outcome = { reply: string } | { returned: unknown } | { threw: unknown };

/** What is shown of a request that has not ended. */
export const waits = "it waits";

export type Request = ReturnType<typeof underWay>;

/** A call whose outcome is looked at later, if ever. */
export function underWay(call: Promise<unknown>) {
  const { currentTestName } = expect.getState();
  let outcome: Outcome | undefined;
  const settled = call.then(
    (returned) => {
      const isShort = returned instanceof Uint8Array && returned.length <= 100;
      return (outcome = isShort ? { reply: textOf(returned) } : { returned });
    },
    (error: unknown) => {
      const isAnswers = error instanceof Error && error.name !== "AnswerFailure";
      const code = isAnswers && "code" in error ? error.code : undefined;
      if (typeof code !== "string" || code.startsWith("ERR_")) noteCrash(currentTestName, error);
      return (outcome = { threw: typeof code === "string" ? code : error });
    },
  );
  const ends = async (expected: Outcome, rule: string, options: WaitOptions = {}): Promise<void> => {
    const received = () => "the request still waits";
    await until(() => outcome !== undefined, rule, { ...options, expected, received });
    const ended = await settled;
    if ("threw" in ended && typeof ended.threw !== "string") throw ended.threw;
    expect(ended, rule).toEqual(expected);
  };
  return {
    ends,
    /** Ends with a short reply, `reply` as text. */
    gets: (reply: string, rule: string, options: WaitOptions = {}) => ends({ reply }, rule, options),
    /** Ends with an error that has this code. */
    throws: (code: string, rule: string) => ends({ threw: code }, rule),
    get isOver() {
      return outcome !== undefined;
    },
    get state() {
      return outcome ?? waits;
    },
    /** It has not ended so far. @param doing how that is said */
    goesOn(rule: string, doing: string = waits) {
      expect(outcome ?? doing, rule).toBe(doing);
    },
  };
}

/** As many end as shall, and these are the right ones. */
export async function become(
  requests: readonly Request[],
  expected: readonly unknown[],
  rule: string,
): Promise<void> {
  const received = () => requests.map(({ state }) => state);
  const count = expected.filter((state) => state !== waits).length;
  const areOver = () => requests.filter(({ isOver }) => isOver).length >= count;
  await until(areOver, rule, { expected, received });
  expect(received(), rule).toEqual(expected);
}
