import { readFile } from "node:fs/promises";
import type { Finding, Look } from "./finding.ts";
import { toInstall, toLinux, type Platform } from "./platform.ts";
import { firstLine, runTool } from "./run-tool.ts";

/** What the suites ask the kernel, and what the labs have it do. */
export function kernelLooks(platform: Platform): Look[] {
  return [
    { name: "/proc/net/tcp", costs: kernelCosts, take: () => lookAtTable(platform) },
    { name: "user namespaces", costs: labCosts, take: () => lookAtNamespaces(platform) },
    { name: "ephemeral ports", costs: portCosts, take: () => lookAtPorts(platform) },
  ];
}

const kernelCosts = "05 to 16 ask the kernel what your sockets do, and cannot be graded; 01 to 04 can";
const labCosts = "the labs of 03 and 07 say that they cannot run; everything can be graded without";
const portCosts = "suites that open many connections may fail for want of ports";

const mountProc = "mount -t proc proc /proc";

async function lookAtTable(platform: Platform): Promise<Finding> {
  const name = "/proc/net/tcp";
  const table = await readText("/proc/net/tcp");
  // Its heading, not only a file: WSL 1 has an empty one.
  if (table.includes("local_address")) {
    const rows = table.trimEnd().split("\n").length - 1;
    return { name, state: "works", found: `readable, ${grouped(rows)} socket${rows === 1 ? "" : "s"}` };
  }
  const get =
    platform.wsl === 1
      ? "wsl --set-version <distribution> 2"
      : platform.system === "linux"
        ? mountProc
        : toLinux;
  return { name, state: "stops", found: "not readable", costs: kernelCosts, get };
}

/** Really tries one: what the settings say is not what a container lets through. */
async function lookAtNamespaces(platform: Platform): Promise<Finding> {
  const name = "user namespaces";
  if (platform.system !== "linux")
    return { name, state: "limits", found: "Linux only", costs: labCosts, get: toLinux };
  const { code, text } = await runTool("unshare", "-Urn", "true");
  const packages = { "apt-get": "iproute2", dnf: "iproute", apk: "iproute2", pacman: "iproute2" };
  if (code === 0) {
    if ((await runTool("ip", "-V")).code === 0)
      return { name, state: "works", found: "unshare -Urn true succeeds" };
    const get = toInstall(platform, packages);
    return { name, state: "limits", found: "allowed, but ip(8) is not found", costs: labCosts, get };
  }
  if (code === undefined) {
    const get = toInstall(platform, {
      "apt-get": "util-linux",
      dnf: "util-linux",
      apk: "util-linux",
      pacman: "util-linux",
    });
    return { name, state: "limits", found: "unshare(1) not found", costs: labCosts, get };
  }
  return { name, state: "limits", found: firstLine(text), costs: labCosts, get: await allow(platform) };
}

async function allow({ container }: Platform): Promise<string> {
  // Before anything else: unshare(1) itself needs it, to write the maps of users.
  if ((await readText("/proc/self/status")) === "") return mountProc;
  if (container)
    return "start the container with --security-opt seccomp=unconfined (Docker's default filter forbids unshare)";
  if ((await readText("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")).trim() === "1")
    return "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  if ((await readText("/proc/sys/kernel/unprivileged_userns_clone")).trim() === "0")
    return "sudo sysctl kernel.unprivileged_userns_clone=1";
  return "sudo sysctl user.max_user_namespaces=10000";
}

async function lookAtPorts({ system }: Platform): Promise<Finding> {
  const name = "ephemeral ports";
  if (system !== "linux") return { name, state: "works", found: "not told by this kernel" };
  const range = await readText("/proc/sys/net/ipv4/ip_local_port_range");
  const used = await readText("/proc/net/sockstat");
  return judgePorts(range, used);
}

/** Fewer free than a suite may want at once. */
const fewPorts = 4000;

/** @param range `32768\t60999`; @param used `/proc/net/sockstat`, where `tw` are the TIME-WAIT sockets */
export function judgePorts(range: string, used: string): Finding {
  const name = "ephemeral ports";
  const [first = Number.NaN, last = Number.NaN] = range.trim().split(/\s+/).map(Number);
  if (!(last >= first)) return { name, state: "works", found: "not told here" };
  const [, inUse = "0", waiting = "0"] = /^TCP: inuse (\d+).* tw (\d+)/m.exec(used) ?? [];
  const all = last - first + 1;
  const taken = Number(inUse) + Number(waiting);
  const found = `${first} to ${last}, ${grouped(all)} in all; ${grouped(taken)} TCP sockets, ${grouped(Number(waiting))} of them in TIME-WAIT`;
  if (all - taken >= fewPorts) return { name, state: "works", found };
  return {
    name,
    state: "limits",
    found,
    costs: portCosts,
    get:
      all < fewPorts
        ? 'sudo sysctl net.ipv4.ip_local_port_range="32768 60999"'
        : "wait a minute: TIME-WAIT lasts 60 s",
  };
}

/** `28,232` */
function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** @returns nothing where it cannot be read */
async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
