import { VirtualTimers } from "@tcpip-workshop/faults";
import { expect, test } from "vitest";
import { EventBudget } from "./event-budget.ts";

test("EventBudget lets so many of a kind through each second, and then says how many it left out", () => {
  const timers = new VirtualTimers();
  const budget = new EventBudget(2, timers);
  const take = (count: number) => Array.from({ length: count }, () => budget.take("dropped"));
  expect(take(5)).toEqual([0, 0, undefined, undefined, undefined]);
  expect(budget.take("failed")).toBe(0);
  timers.advance(1000);
  expect(take(3)).toEqual([3, 0, undefined]);
  timers.advance(999);
  expect(take(1)).toEqual([undefined]);
  timers.advance(1);
  expect(take(1)).toEqual([2]);
});
