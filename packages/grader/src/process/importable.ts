import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What an answer needs to import some of the course's packages, and nothing more of these: the exercise may be to write the rest. */
export interface Importable {
  /** Absolute. */
  files: string[];
  /** The folders of the packages whose code is among the files. */
  packages: string[];
}

const allPackages = fileURLToPath(new URL("../../..", import.meta.url));
const scope = "@tcpip-workshop/";
const known = new Map<string, Importable>();

/**
 * The files behind `idempotency/sqlite`, as an answer imports it with the course's scope before it: the module and what that imports in turn, with the
 * `package.json` of each package.
 *
 * @throws {Error} when the course has no such package, or it exports no such module
 */
export function importable(modules: string[]): Importable {
  const key = modules.join();
  const before = known.get(key);
  if (before !== undefined) return before;
  const files = new Set<string>();
  const packages = new Set<string>();
  for (const waiting = modules.map((name) => resolveModule(scope + name)); waiting.length > 0;) {
    const file = waiting.pop() ?? "";
    if (files.has(file)) continue;
    files.add(file);
    packages.add(packageOf(file));
    for (const name of specifiersIn(readFileSync(file, "utf8"))) {
      if (name.startsWith(scope)) waiting.push(resolveModule(name));
      else if (name.startsWith(".")) waiting.push(resolve(dirname(file), name));
    }
  }
  for (const folder of packages) files.add(join(folder, "package.json"));
  const found = { files: [...files], packages: [...packages] };
  known.set(key, found);
  return found;
}

function resolveModule(specifier: string): string {
  const [name = "", ...rest] = specifier.slice(scope.length).split("/");
  const folder = join(allPackages, name);
  const entry = rest.length === 0 ? "." : `./${rest.join("/")}`;
  const target = exportsOf(folder)[entry];
  if (target === undefined)
    throw new Error(`Expected a module of the course for an answer to import, got "${specifier}"`);
  return join(folder, typeof target === "string" ? target : target.default);
}

function exportsOf(folder: string): { [entry: string]: string | { default: string } | undefined } {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { exports: object })
      .exports as {
      [entry: string]: string;
    };
  } catch {
    return {};
  }
}

function packageOf(file: string): string {
  const name = file.slice(allPackages.length).split(/[/\\]/).find(Boolean) ?? "";
  return join(allPackages, name);
}

/** Whatever is only imported for its types is found too: a file more, no harm. */
function specifiersIn(code: string): string[] {
  return [...code.matchAll(/^(?:import|export|\})[^;]*?\bfrom\s+"([^"]+)"/gm)].map(([, name = ""]) => name);
}
