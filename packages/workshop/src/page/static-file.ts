import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const types: { [extension: string]: string } = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  ts: "text/javascript; charset=utf-8",
};

/** What the page is made of. Nothing else of the folder is served. */
const files: { [name: string]: URL } = {
  "index.html": new URL("./static/index.html", import.meta.url),
  "style.css": new URL("./static/style.css", import.meta.url),
  "icon.svg": new URL("./static/icon.svg", import.meta.url),
  "page.ts": new URL("./static/page.ts", import.meta.url),
  "verdict.ts": new URL("./static/verdict.ts", import.meta.url),
  "wire.ts": new URL("./static/wire.ts", import.meta.url),
  "sockets.ts": new URL("./static/sockets.ts", import.meta.url),
  "hints.ts": new URL("./static/hints.ts", import.meta.url),
  "dom.ts": new URL("./static/dom.ts", import.meta.url),
};
const cache = new Map<string, string>();

/** A file of the page, TypeScript without its types: browsers run that as it is, so there is nothing to build. */
export function staticFile(name: string): { type: string; text: string } | undefined {
  const wanted = name === "" ? "index.html" : name;
  const file = Object.hasOwn(files, wanted) ? files[wanted] : undefined;
  if (file === undefined) return undefined;
  const type = types[wanted.slice(wanted.lastIndexOf(".") + 1)] ?? "text/plain";
  const text = cache.get(wanted) ?? read(file);
  cache.set(wanted, text);
  return { type, text };
}

function read(file: URL): string {
  const text = readFileSync(file, "utf8");
  return file.pathname.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
}
