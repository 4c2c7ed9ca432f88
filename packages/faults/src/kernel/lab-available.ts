import { spawnSync } from "node:child_process";

/** Whether `lab` can run here, and if not, why; for `test.skipIf(!labAvailable().available)`. */
export type LabAvailability = { available: true } | { available: false; reason: string };

/**
 * A user namespace (where we are root), a network of its own, and a process tree that dies as one: unshare(1) with
 * `--kill-child` kills the first process in it, and with that one all.
 */
export const UNSHARE = [
  "unshare",
  "--user",
  "--map-root-user",
  "--net",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
] as const;

/** Tries it once, for about 20 ms, and remembers. */
export function labAvailable(): LabAvailability {
  return (known ??= tryOut());
}

let known: LabAvailability | undefined;

function tryOut(): LabAvailability {
  if (process.platform !== "linux") return no(`needs Linux, this is ${process.platform}`);
  const [unshare, ...flags] = UNSHARE;
  const attempt = "ip link set lo up && test -w /proc/sys/net/ipv4/ip_local_port_range";
  const { error, status, stderr } = spawnSync(unshare, [...flags, "sh", "-c", attempt], {
    encoding: "utf8",
    timeout: 10_000,
    killSignal: "SIGKILL",
  });
  if (error !== undefined) return no(`needs unshare(1) of util-linux: ${error.message}`);
  if (status === 0) return { available: true };
  return no(`needs unprivileged user namespaces and ip(8): ${stderr.trim().replaceAll("\n", "; ")}`);
}

function no(reason: string): LabAvailability {
  return { available: false, reason };
}
