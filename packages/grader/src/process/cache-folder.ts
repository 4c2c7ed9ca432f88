import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

let found: string | undefined;

/**
 * Where the grader keeps what it has made of code, for the next time; absolute. The folder that the environment variable
 * TCPIP_WORKSHOP_CACHE names, or `.cache` beside the grader's sources. Where that cannot be written, in somebody else's
 * checkout or on a read-only file system, it is a private folder for as long as this process runs. Where there can be none
 * either, it is the first again: whoever cannot write there must do without.
 */
export function cacheFolder(): string {
  return (found ??= find());
}

function find(): string {
  const named = process.env["TCPIP_WORKSHOP_CACHE"];
  const usual = join(dirname(fileURLToPath(import.meta.url)), "../../.cache");
  const wanted = named === undefined || named === "" ? usual : resolve(named);
  return isWritable(wanted) ? wanted : (privateFolder() ?? wanted);
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For this user only (mkdtemp(3) makes it 0700): code that others could write would run as ours. */
function privateFolder(): string | undefined {
  try {
    const folder = mkdtempSync(join(tmpdir(), "tcpip-workshop-cache-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch {
    return undefined;
  }
}
