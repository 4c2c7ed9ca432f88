import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACTS, PoolModel } from "../testing/pool-model.ts";

const step = fc.record({
  act: fc.constantFrom(...ACTS),
  pick: fc.nat(99),
  atOnce: fc.boolean(),
});

describe("Pool against a model", () => {
  test.each([
    { name: "opens and closes at once", heldOpen: false, heldClose: false },
    { name: "opens and closes when it likes", heldOpen: true, heldClose: true },
  ])("never over the limit, no waiter lost, no lease twice: $name", async ({ heldOpen, heldClose }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 100, size: "max" }), async (steps) => {
        const run = new PoolModel(heldOpen, heldClose);
        for (const each of steps) await run.step(each);
        await run.finish();
        expect(run.violations).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
