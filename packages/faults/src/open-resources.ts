import { fileURLToPath } from "node:url";
import { NetError } from "@tcpip-workshop/core/net-error";

/**
 * Notes that a resource has begun; call it before the first `await` of its start, for the stack to know who started it.
 * The returned function says that it is disposed of. `name` is asked when it is printed: the port may come later.
 */
export function registerResource(name: () => string): () => void {
  if (!watchesExit) {
    watchesExit = true;
    process.once("exit", warnOfOpenResources);
  }
  const resource: OpenResource = { name, startedAt: firstLineOutside(new Error().stack ?? "") };
  open.add(resource);
  return () => void open.delete(resource);
}

/** Each resource that was started and is not disposed of, and where it was started. */
export function openResources(): string[] {
  return [...open].map(({ name, startedAt }) => `${name()}, started at ${startedAt}`);
}

/**
 * For the end of a suite: `afterAll(expectNoOpenResources)`. Throws `RESOURCE_LEAKED` and names each that is open. They
 * stay open: the next call throws again until someone disposes of them.
 */
export function expectNoOpenResources(): void {
  const names = openResources();
  if (names.length === 0) return;
  throw new NetError(
    "RESOURCE_LEAKED",
    `Expected every resource disposed of, got ${names.length} open:\n${names.map((name) => `  ${name}`).join("\n")}`,
  );
}

interface OpenResource {
  name: () => string;
  startedAt: string;
}

const open = new Set<OpenResource>();
let watchesExit = false;

function warnOfOpenResources(): void {
  const names = openResources();
  if (names.length === 0) return;
  const warning = new Error(`left open at exit: ${names.join("; ")}`);
  warning.name = "ResourceLeakWarning";
  // emitWarning() waits for the next tick, and there is none any more.
  process.emit("warning", warning);
}

function firstLineOutside(stack: string): string {
  const lines = stack.split("\n").filter((line) => line.startsWith("    at "));
  const outside = lines.find((line) => !HOUSE.some((path) => line.includes(path)) || line.includes(".test."));
  return (outside ?? lines.at(-1) ?? "an unknown place")
    .replace(/^\s*at (?:async )?/, "")
    .replace("file://", "");
}

/** This package's own folder: `src/`, or `dist/` when published; stacks spell it either way. */
const folder = new URL(".", import.meta.url);
const HOUSE = [folder.href, fileURLToPath(folder)];
