import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Finding, Look } from "./finding.ts";
import { toInstall, toLinux, type Platform } from "./platform.ts";
import { runTool, versionIn } from "./run-tool.ts";

/** The oldest Node that runs the course, and the oldest that can fetch that one. */
const oldestOwn = 26;
const oldestOfSystem = 20;

/** The programs that the course starts, or has its reader start. */
export function toolLooks(platform: Platform, root: string): Look[] {
  return [
    { name: "Node", costs: "nothing can be graded", take: () => lookAtNode(root) },
    { name: "pnpm", costs: "the commands as the lessons print them", take: lookAtPnpm },
    tool(platform, {
      name: "git",
      args: ["--version"],
      costs: "your progress, and your answers, cannot travel with it",
      packages: { "apt-get": "git", dnf: "git", apk: "git", pacman: "git", brew: "git" },
    }),
    tool(platform, {
      name: "ss",
      args: ["-V"],
      costs:
        "13: the tables come from /proc, and a listener's backlog is not told; what lessons show with it cannot be tried",
      packages: { "apt-get": "iproute2", dnf: "iproute", apk: "iproute2", pacman: "iproute2" },
    }),
    tool(platform, {
      name: "tcpdump",
      args: ["--version"],
      costs: "01: only the suite reads your frames, and the lab's capture cannot be looked at",
      packages: {
        "apt-get": "tcpdump",
        dnf: "tcpdump",
        apk: "tcpdump",
        pacman: "tcpdump",
        brew: "tcpdump",
      },
    }),
  ];
}

async function lookAtNode(root: string): Promise<Finding> {
  const own = process.versions.node;
  const system = systemNode(root);
  const theirs = system === undefined ? undefined : versionIn((await runTool(system, "--version")).text);
  const found = `${own} runs the course; ${theirs === undefined ? "the system has none" : `the system's is ${theirs}`}`;
  const base = { name: "Node", found };
  if (major(own) < oldestOwn)
    return {
      ...base,
      state: "stops",
      costs: `nothing can be graded: it needs Node ${oldestOwn}, which pnpm installs with the course`,
      get: "pnpm install, and start it through pnpm: pnpm workshop",
    };
  if (theirs !== undefined && major(theirs) < oldestOfSystem)
    return {
      ...base,
      state: "limits",
      costs: `npx pnpm@12 does not start on a Node before ${oldestOfSystem}`,
      get: "a newer one from nodejs.org",
    };
  return { ...base, state: "works" };
}

/** The `node` that would be found without the course's own in front of it. */
function systemNode(root: string): string | undefined {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const own = join(root, "node_modules");
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.startsWith(own) && !folder.includes("node_modules"))
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

async function lookAtPnpm(): Promise<Finding> {
  const name = "pnpm";
  const agent = /^pnpm\/(\S+)/.exec(process.env["npm_config_user_agent"] ?? "")?.[1];
  const version = agent ?? (await versionOf("pnpm"));
  if (version === undefined)
    return {
      name,
      state: "limits",
      found: "not found",
      costs: "the lessons' commands are longer: npx pnpm@12 in the place of pnpm",
      get: "npm install -g pnpm@12",
    };
  if (major(version) >= 12) return { name, state: "works", found: version };
  return {
    name,
    state: "limits",
    found: version,
    costs: "it may not read the project's settings",
    get: "npm install -g pnpm@12, or npx pnpm@12 in its place",
  };
}

function tool(
  platform: Platform,
  {
    name,
    args,
    costs,
    packages,
  }: { name: string; args: string[]; costs: string; packages: Parameters<typeof toInstall>[1] },
): Look {
  return {
    name,
    costs,
    async take() {
      const { code, text } = await runTool(name, ...args);
      if (code === 0) return { name, state: "works", found: versionIn(text) };
      const get = name === "ss" && platform.system !== "linux" ? toLinux : toInstall(platform, packages);
      const found = code === undefined ? "not found" : `does not start: ${text}`;
      return { name, state: "limits", found, costs, get };
    },
  };
}

async function versionOf(command: string): Promise<string | undefined> {
  const { code, text } = await runTool(command, "--version");
  return code === 0 ? versionIn(text) : undefined;
}

function major(version: string): number {
  return Number.parseInt(version, 10);
}
