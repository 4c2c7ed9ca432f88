import { describe, expect, test } from "vitest";
import { VirtualTimers } from "./timers.ts";

describe("VirtualTimers", () => {
  test("runs what is due, in order of time and then of setting, each at its own time", () => {
    const timers = new VirtualTimers();
    const ran: string[] = [];
    const run = (name: string) => () => ran.push(`${name} at ${timers.now()}`);
    timers.setTimeout(run("late"), 30);
    timers.setTimeout(run("first"), 10);
    timers.setTimeout(run("second"), 10);
    timers.setTimeout(run("not yet"), 31);
    timers.advance(30);
    expect(ran).toEqual(["first at 10", "second at 10", "late at 30"]);
    expect([timers.now(), timers.waiting]).toEqual([30, 1]);
  });

  test("runs what a timer sets, if that is due too", () => {
    const timers = new VirtualTimers();
    let ticks = 0;
    const tick = (): void => {
      ticks++;
      timers.setTimeout(tick, 10);
    };
    timers.setTimeout(tick, 10);
    timers.advance(100);
    expect(ticks).toBe(10);
  });

  test("forgets what is cleared, also by a timer that runs before it", () => {
    const timers = new VirtualTimers();
    let ran = false;
    const cleared = timers.setTimeout(() => (ran = true), 10);
    timers.setTimeout(() => timers.clearTimeout(cleared), 5);
    timers.advance(20);
    expect([ran, timers.waiting]).toEqual([false, 0]);
  });
});
