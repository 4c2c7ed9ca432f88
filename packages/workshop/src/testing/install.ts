import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One of pnpm-lock.yaml's packages: `vitest@5.1.1`, and on which machines it is installed: on all where the list is empty. */
interface LockedPackage {
  name: string;
  os: string[];
  cpu: string[];
  libc: string[];
}

export interface Machine {
  os: string;
  cpu: string;
  libc: string;
}

export function lockedPackages(root: string): LockedPackage[] {
  const text = readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
  const body = text.slice(text.indexOf("\npackages:\n"), text.indexOf("\nsnapshots:\n"));
  return body
    .split(/\n(?= {2}\S)/)
    .slice(1)
    .map((block) => {
      const name = (/^ {2}'?(.*?)'?:$/m.exec(block)?.[1] ?? "").trim();
      const list = (field: string): string[] =>
        new RegExp(`^ {4}${field}: \\[(.*)\\]$`, "m").exec(block)?.[1]?.split(", ") ?? [];
      return { name, os: list("os"), cpu: list("cpu"), libc: list("libc") };
    });
}

/** Whether pnpm installs it there. */
export function isFor({ os, cpu, libc }: LockedPackage, machine: Machine): boolean {
  return fits(os, machine.os) && fits(cpu, machine.cpu) && fits(libc, machine.libc);
}

/** `["linux"]` names those it is for, `["!win32"]` those it is not for. */
function fits(named: string[], own: string): boolean {
  const wanted = named.filter((one) => !one.startsWith("!"));
  return !named.includes(`!${own}`) && (wanted.length === 0 || wanted.includes(own));
}

/** The packages in `node_modules/.pnpm`, as the lockfile names them, without those that an older lockfile has left. */
export function installed(root: string): { name: string; folder: string }[] {
  const known = new Set(lockedPackages(root).map(({ name }) => name));
  const store = join(root, "node_modules/.pnpm");
  return readdirSync(store).flatMap((entry) => {
    // `@scope+name@1.2.3_peer@4`, where a lockfile has `@scope/name@1.2.3`.
    const name = /^(@?[^@]+@[^_(]+)/.exec(entry)?.[1]?.replace(/^(@[^+]+)\+/, "$1/");
    return name !== undefined && known.has(name) ? [{ name, folder: join(store, entry) }] : [];
  });
}

/** What a folder takes on the disk, in bytes; links lead elsewhere and are not followed. */
export function sizeOnDisk(folder: string): number {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) size += sizeOnDisk(path);
    else if (entry.isFile()) {
      const { blocks, size: bytes } = lstatSync(path);
      size += process.platform === "win32" ? bytes : blocks * 512;
    }
  }
  return size;
}
