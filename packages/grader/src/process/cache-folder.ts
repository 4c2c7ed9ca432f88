import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the grader keeps what it has made of code, for the next time. */
export function cacheFolder(): string {
  return process.env["TCPIP_WORKSHOP_CACHE"] ?? join(dirname(fileURLToPath(import.meta.url)), "../../.cache");
}
