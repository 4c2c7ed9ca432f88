import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";

/** What kind of machine this is, as far as it decides how to get what is missing. */
export interface Platform {
  system: "linux" | "macos" | "windows" | "other";
  /** `Debian GNU/Linux 12 (bookworm)` */
  name: string;
  /** Of the kernel. */
  release: string;
  /** Whose installer there is. */
  installer: "apt-get" | "dnf" | "apk" | "pacman" | "brew" | undefined;
  wsl: 1 | 2 | undefined;
  container: boolean;
}

const systems = new Map<string, Platform["system"]>([
  ["linux", "linux"],
  ["darwin", "macos"],
  ["win32", "windows"],
]);
const otherNames = new Map([
  ["macos", "macOS"],
  ["windows", "Windows"],
]);

export function platformHere(): Platform {
  const system = systems.get(process.platform) ?? "other";
  const fields = Object.fromEntries(
    read("/etc/os-release")
      .split("\n")
      .map((line) => line.split("=", 2).map((part) => part.replaceAll('"', "")))
      .filter((pair) => pair.length === 2),
  ) as { [field: string]: string };
  return {
    system,
    name:
      system === "linux" ? (fields["PRETTY_NAME"] ?? "Linux") : (otherNames.get(system) ?? process.platform),
    release: release(),
    installer:
      system === "macos"
        ? "brew"
        : installerOf(`${fields["ID"] ?? ""} ${fields["ID_LIKE"] ?? ""}`.split(" ")),
    wsl: wslOf(read("/proc/version")),
    container:
      existsSync("/.dockerenv") ||
      existsSync("/run/.containerenv") ||
      /docker|kubepods|containerd|lxc/.test(read("/proc/1/cgroup")) ||
      process.env["container"] !== undefined,
  };
}

/** `Debian GNU/Linux 12 (bookworm), kernel 6.1.0, in a container` */
export function platformText({ name, release: kernel, wsl, container }: Platform): string {
  const inside = [...(wsl === undefined ? [] : [`in WSL ${wsl}`]), ...(container ? ["in a container"] : [])];
  return [name, `kernel ${kernel}`, ...inside].join(", ");
}

/** The command that installs a package, by what each installer calls it. */
export function toInstall(
  { system, installer }: Platform,
  names: { [name in NonNullable<Platform["installer"]>]?: string },
): string {
  const name = installer === undefined ? undefined : names[installer];
  if (installer === undefined || name === undefined)
    return system === "linux" ? `your distribution's package ${names["apt-get"] ?? ""}`.trim() : toLinux;
  const install = { "apt-get": "install -y", dnf: "install -y", apk: "add", pacman: "-S", brew: "install" };
  return `${installer} ${install[installer]} ${name}`;
}

/** Where the kernel is not Linux's. */
export const toLinux = "work in a Linux container, a VM, or WSL 2";

/** Microsoft's kernel says so; that of WSL 2 is a Linux, that of WSL 1 only behaves like one. */
export function wslOf(version: string): 1 | 2 | undefined {
  if (!/microsoft/i.test(version)) return undefined;
  return /WSL2|microsoft-standard/i.test(version) ? 2 : 1;
}

function installerOf(ids: string[]): Platform["installer"] {
  const known = [
    ["apt-get", ["debian", "ubuntu"]],
    ["dnf", ["fedora", "rhel", "centos"]],
    ["apk", ["alpine"]],
    ["pacman", ["arch"]],
  ] as const;
  return known.find(([, names]) => names.some((name) => ids.includes(name)))?.[0];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
