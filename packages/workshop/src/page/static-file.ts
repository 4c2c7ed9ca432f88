import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const types: { [extension: string]: string } = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  ts: "text/javascript; charset=utf-8",
};

/** What the page is made of. Nothing else of the folder is served. */
const names = new Set([
  "index.html",
  "style.css",
  "icon.svg",
  "page.ts",
  "verdict.ts",
  "wire.ts",
  "sockets.ts",
  "hints.ts",
  "dom.ts",
]);
const cache = new Map<string, string>();

/** A file of the page, TypeScript without its types: browsers run that as it is, so there is nothing to build. */
export function staticFile(name: string): { type: string; text: string } | undefined {
  const wanted = name === "" ? "index.html" : name;
  if (!names.has(wanted)) return undefined;
  const type = types[wanted.slice(wanted.lastIndexOf(".") + 1)] ?? "text/plain";
  const text = cache.get(wanted) ?? read(wanted);
  cache.set(wanted, text);
  return { type, text };
}

function read(name: string): string {
  const text = readFileSync(new URL(`static/${name}`, import.meta.url), "utf8");
  return name.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
}
