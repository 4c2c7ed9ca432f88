import { setTimeout } from "node:timers/promises";
import { field, quietly, step, type Answer } from "@tcpip-workshop/grader/suite";
import type { HopOptions, Policy } from "../budget.ts";

export type HopProcess = Answer<typeof import("../budget.ts")>;

/** Limits that stop nobody, for tests of something else. */
export const policy: Policy = {
  timeout: 20_000,
  attempts: 1,
  attemptTimeout: 600_000,
  backoff: 0,
  margin: 10,
  least: 1,
};

/** For the story. */
export function spell(limits: Policy, scaled?: keyof Policy): string {
  return Object.entries(limits)
    .map(([key, value]) => `${key} ${key === scaled ? "≈" : ""}${value}`)
    .join(", ");
}

/**
 * Starts a hop in the answer's process.
 *
 * @param scaled the limit that a busy machine makes longer
 * @returns its port
 */
export async function startHop(
  process: HopProcess,
  options: Partial<HopOptions> & { next: number },
  scaled?: keyof Policy,
): Promise<number> {
  const whole = { ...policy, name: "service", ...options };
  const { name, next: _, ...limits } = whole;
  step(`startHop "${name}": ${spell(limits, scaled)}`);
  const hop = await quietly(() => process.startHop(whole));
  return await field(hop.port);
}

/** Starts three hops, each in its own process. @returns the edge's port */
export async function startChain(
  hops: Record<"database" | "service" | "edge", HopProcess>,
  disk: number,
): Promise<number> {
  const common = { attempts: 2, backoff: 1, margin: 120 };
  const third = await startHop(hops.database, { ...common, name: "database", next: disk, least: 50 });
  const second = await startHop(hops.service, { ...common, name: "service", next: third, least: 170 });
  return await startHop(hops.edge, { ...common, name: "edge", next: second, least: 290 });
}

/** Stops a process until a point in time of the suite's clock. `check` is called when it stands still. */
export async function stopped(pid: number, until: number, check: () => void): Promise<void> {
  process.kill(pid, "SIGSTOP");
  try {
    check();
    await setTimeout(until - performance.now());
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

export function areIdle(hops: HopProcess[]): boolean {
  return hops.every((hop) => hop.process.sockets().every(({ state }) => state === "LISTEN"));
}
