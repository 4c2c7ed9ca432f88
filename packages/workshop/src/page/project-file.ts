import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The most bytes of a file that are shown. */
const mostBytes = 1024 * 1024;
const readable = /\.(?:ts|js|json|md|txt|yaml|css|html|sh)$|\/LICENSE$/;

/**
 * A file of the project as text, a folder as its names; nothing for what is none, is too long, lies elsewhere (through a
 * link too), or is not for reading: hidden files, installed packages, and `isClosed` ones.
 *
 * @param path as it stands in the address, from the project's root
 */
export function projectFile(
  root: string,
  path: string,
  isClosed: (path: string) => boolean,
): string | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.some((part) => part.startsWith(".") || part === "node_modules" || /[\\\0]/.test(part)))
    return undefined;
  const shown = parts.join("/");
  if (isClosed(shown)) return undefined;
  try {
    const real = realpathSync(join(root, ...parts));
    if (relative(realpathSync(root), real).split(sep).join("/") !== shown) return undefined;
    const stat = statSync(real);
    if (stat.isDirectory()) return folderText(real, shown);
    return stat.isFile() && stat.size <= mostBytes && readable.test(`/${shown}`)
      ? readFileSync(real, "utf8")
      : undefined;
  } catch {
    return undefined;
  }
}

function folderText(real: string, shown: string): string {
  const names = readdirSync(real, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  return `${shown}/\n\n${names.toSorted().join("\n")}\n`;
}
