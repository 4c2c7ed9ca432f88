import { NetError } from "@tcpip-workshop/core/net-error";
import { describe, expect, test } from "vitest";
import { runCommand, signalsOf, verb, type Command, type World } from "./command.ts";
import { wholeNumber } from "./settings.ts";

const told: unknown[] = [];
const greet = verb({
  summary: "greets",
  operands: ["name"],
  settings: {
    times: wholeNumber("how often", 1, 1, 9),
    tone: { what: "tone", default: "warm", words: ["warm", "cold"] },
  },
  async run({ times, tone }, [name = ""]) {
    if (name === "nobody") throw new NetError("CONNECTION_REFUSED", "Expected somebody, got nobody");
    if (name === "bug") throw new TypeError("a bug");
    told.push([times, tone, name]);
  },
});
const rest = verb({ summary: "rests", operands: [], settings: {}, run: async () => void told.push("rest") });
const command: Command = {
  name: "good-day",
  summary: "says good day.",
  verbs: { rest, greet },
  advice: ({ code }) => (code === "CONNECTION_REFUSED" ? "Is somebody there?" : ""),
};

async function call(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const world: World = {
    env,
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    onSignal() {},
  };
  return { code: await runCommand(command, args, world), out, err };
}

describe("a command", () => {
  test.each([
    [[], {}, "rest"],
    [["rest"], {}, "rest"],
    [["--", "greet", "Ada"], {}, [1, "warm", "Ada"]],
    [["greet", "Ada", "--times", "9"], { GOOD_DAY_TIMES: "2", GOOD_DAY_TONE: "cold" }, [9, "cold", "Ada"]],
    [["greet", "--", "--times"], { GOOD_DAY_TONE: "" }, [1, "warm", "--times"]],
  ])("called with %j and %j does what it is told", async (args, env, done) => {
    expect(await call(args, env)).toEqual({ code: 0, out: "", err: "" });
    expect(told.pop()).toEqual(done);
  });

  test.each([
    [["greet"], {}, 'Expected greet with one name, got ""'],
    [["greet", "Ada", "Grace"], {}, 'Expected greet with one name, got "Ada Grace"'],
    [["rest", "well"], {}, 'Expected rest with flags only, got "well"'],
    [["sleep"], {}, 'Expected the command rest or greet, got "sleep"'],
    [["toString"], {}, 'Expected the command rest or greet, got "toString"'],
    [["greet", "Ada", "--times", "10"], {}, 'Expected --times to be a whole number from 1 to 9, got "10"'],
    [["greet", "Ada", "--times", "1e0"], {}, 'Expected --times to be a whole number from 1 to 9, got "1e0"'],
    [
      ["greet", "Ada"],
      { GOOD_DAY_TONE: "loud" },
      'Expected GOOD_DAY_TONE to be "warm" or "cold", got "loud"',
    ],
    [["greet", "Ada", "--volume", "1"], {}, "Unknown option '--volume'"],
  ])("called with %j and %j refuses in one sentence, exit code 2", async (args, env, sentence) => {
    const { code, out, err } = await call(args, env);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(`good-day: ${sentence} (ARGUMENT_INVALID). good-day --help tells the rest.\n`);
    expect(told).toEqual([]);
  });

  test("says what went wrong and what to do about it, exit code 1", async () => {
    expect(await call(["greet", "nobody"])).toEqual({
      code: 1,
      out: "",
      err: "good-day: Expected somebody, got nobody (CONNECTION_REFUSED). Is somebody there?\n",
    });
  });

  test("throws what is a bug", async () => {
    await expect(call(["greet", "bug"])).rejects.toThrow(TypeError);
  });

  test("tells its verbs, flags, defaults and variables with --help", async () => {
    const { code, out } = await call(["greet", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("good-day [rest] [flags]");
    expect(out).toContain("good-day greet <name> [flags]");
    expect(out).toMatch(/--times +how often \(default 1\)/);
    expect(out).toContain("GOOD_DAY_PORT");
  });
});

test("the second signal is another one than the first, and a third is nothing new", async () => {
  let send = (): void => {};
  const { first, second } = signalsOf({ onSignal: (listener) => void (send = listener) });
  const seen: string[] = [];
  void first.then(() => seen.push("first"));
  void second.then(() => seen.push("second"));
  send();
  await first;
  expect(seen).toEqual(["first"]);
  send();
  send();
  await second;
  expect(seen).toEqual(["first", "second"]);
});
