import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startWorkshop } from "./testing/workshop-process.ts";

// Its loop never uses up the buffer: it computes for as long as it is let.
const spinning = "mistakes/04/endless-loop";

test.skipIf(process.platform !== "linux").each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s in the middle of a grading leaves no answer behind, not even one in an endless loop (skipped without /proc)",
  async (signal) => {
    await using command = startWorkshop("test", spinning);
    const spins = (): boolean => answersOf(command.pid).some((pid) => ticks(pid) > loaded);
    await expect.poll(spins, { timeout: 30_000 }).toBe(true);
    command.signal(signal);
    await command.exitCode;
    await expect.poll(() => answersOf(command.pid), { timeout: 10_000 }).toEqual([]);
  },
);

/** Hundredths of a second: to start Node and to load an answer takes a fraction of it. */
const loaded = 60;

/** The CPU time of a process, in hundredths of a second: proc(5), `utime`. */
function ticks(pid: string): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ")[11]);
}

/** The answers' processes that this one has started, by the mark that they carry. */
function answersOf(pid: number): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "latin1").includes(`TCPIP_ANSWER=${pid}-`)
      );
    } catch {
      return false;
    }
  });
}
