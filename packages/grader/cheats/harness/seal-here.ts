import { spawnSync } from "node:child_process";

/**
 * Why nothing can be sealed on this machine, in a few words; undefined where it can. Asks for the programs that a cell is made
 * by, and for namespaces. With REQUIRE_SEAL set it is taken for granted: what then fails, fails.
 */
export function whyNoSeal(): string | undefined {
  if (process.env["REQUIRE_SEAL"] !== undefined) return undefined;
  if (process.platform !== "linux") return `there are no namespaces on ${process.platform}`;
  const namespaces = ["--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"];
  const command = ["bwrap", "--unshare-net", "--ro-bind", "/", "/", "--dev", "/dev", "true"];
  const args = ["--pdeathsig", "KILL", "unshare", ...namespaces, ...command];
  const { status, error, stderr } = spawnSync("setpriv", args, { encoding: "utf8" });
  if (error !== undefined) return `setpriv cannot be run (${error.message})`;
  return status === 0 ? undefined : `no namespaces are to be had (${stderr.trim().split("\n", 1)[0]})`;
}
