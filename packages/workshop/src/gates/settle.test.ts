import { expect, test } from "vitest";
import { settle } from "./settle.ts";

const isOdd = (value: string): string[] => (value === "as it must be" ? [] : [value]);

/** Attempts in this order; how many were made. */
function attempts(...values: string[]): { again: () => Promise<string>; made: () => number } {
  let made = 0;
  return { again: async () => values[made++] ?? "never asked for", made: () => made };
}

test("what is as it must be is not tried again", async () => {
  const { again, made } = attempts();
  expect(await settle("as it must be", isOdd, again)).toMatchObject({ odd: [], isForgiven: false });
  expect(made()).toBe(0);
});

test("what is odd once, and not in the next two attempts, is forgiven, and told", async () => {
  const { again } = attempts("as it must be", "as it must be");
  expect(await settle("passed by chance", isOdd, again)).toEqual({
    value: "as it must be",
    odd: ["passed by chance"],
    isForgiven: true,
  });
});

test.each([
  ["the second", ["odd again"]],
  ["the third", ["as it must be", "odd again"]],
])("what is odd in %s attempt too is not forgiven", async (_, values) => {
  const { again } = attempts(...values);
  expect(await settle("odd", isOdd, again)).toEqual({ value: "odd", odd: ["odd"], isForgiven: false });
});
