import { execFileSync, spawnSync } from "node:child_process";
import { networkInterfaces } from "node:os";

/** Tests of what another program prints are skipped, by name, where it is missing. */
export const hasSs = spawnSync("ss", ["--version"]).status === 0;
export const hasNetstat = spawnSync("netstat", ["--version"]).status !== null;
export const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);
export const hasProc = process.platform === "linux";

/** What `ss` prints of the sockets with this port at either end. */
export function ss(flags: string, port: number): string {
  const filter = [`( sport = :${port} or dport = :${port} )`];
  return execFileSync("ss", [flags, ...filter], { encoding: "utf8", timeout: 20_000 });
}
