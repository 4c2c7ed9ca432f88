import type { Finding, Look } from "./finding.ts";
import { toInstall, toLinux, type Platform } from "./platform.ts";
import { firstLine, runTool, versionIn } from "./run-tool.ts";

/** Whether `grade` can shut answers in. */
export function sealLooks(platform: Platform): Look[] {
  return [{ name, costs, take: () => lookAtSeal(platform) }];
}

const name = "bubblewrap";
const costs =
  "for instructors: `grade` cannot shut answers in, so marks of a stranger's code can be cheated; learning needs none of it";
const guide = "docs/instructors/seal.md#get-it";

/** Before it there was no `--size`. */
const oldest = [0, 7];

async function lookAtSeal(platform: Platform): Promise<Finding> {
  if (platform.system !== "linux") return { name, state: "limits", found: "Linux only", costs, get: toLinux };
  const limits = (found: string, get: string): Finding => ({ name, state: "limits", found, costs, get });
  const bwrap = await runTool("bwrap", "--version");
  const install = toInstall(platform, {
    "apt-get": "bubblewrap",
    dnf: "bubblewrap",
    apk: "bubblewrap",
    pacman: "bubblewrap",
  });
  if (bwrap.code === undefined) return limits("not found", `${install}; then ${guide}`);
  const version = versionIn(bwrap.text);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (bwrap.code !== 0) return limits(`does not start: ${firstLine(bwrap.text)}`, guide);
  if (major === oldest[0] && minor < (oldest[1] ?? 0))
    return limits(`${version}, which is too old`, `${oldest.join(".")} or newer: ${guide}`);
  const [command = "", ...args] = sealInSeal;
  const { code, text } = await runTool(command, ...args);
  if (code === 0) return { name, state: "works", found: `${version}; answers can be shut in` };
  const why = code === undefined ? `there is no ${command} (util-linux)` : firstLine(text);
  return limits(`${version}, but answers cannot be shut in: ${why}`, guide);
}

/** What a cell is made by, and in it one answer's seal, without what they hold: each of them has to mount a `/proc` of its own. */
const sealInSeal = [
  ["setpriv", "--pdeathsig", "KILL"],
  ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"],
  ["--mount-proc", "bwrap", "--unshare-net", "--die-with-parent", "--cap-add", "ALL", "--ro-bind", "/", "/"],
  ["--dev-bind", "/proc", "/proc", "--dev", "/dev", "--size", "1048576", "--tmpfs", "/tmp", "--"],
  ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--uid", "65534", "--gid", "65534"],
  ["--cap-drop", "ALL", "--new-session", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc"],
  ["--remount-ro", "/proc", "--", "true"],
].flat();
