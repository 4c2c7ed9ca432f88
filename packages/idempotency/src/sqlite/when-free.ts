import { setTimeout as sleep } from "node:timers/promises";
import { backoffDelays } from "@tcpip-workshop/core/deadline";
import { NetError } from "@tcpip-workshop/core/net-error";

/**
 * Calls `action` until no other process holds the file's lock, for at most `busyTimeout` ms. SQLite's own busy_timeout
 * would do that asleep, and this process with it: here timers and sockets go on in the meantime. Throws
 * `STORE_UNAVAILABLE`, also for any other error of SQLite's, and `UNSUPPORTED` for a file that is no database, with that as
 * `cause`.
 */
export async function whenFree<T>(busyTimeout: number, action: () => T): Promise<T> {
  const giveUpAt = performance.now() + busyTimeout;
  for (const wait of backoffDelays({ first: 2, max: 50, jitter: "equal", random: Math.random })) {
    try {
      return action();
    } catch (error) {
      const code = sqliteCode(error);
      if (code === undefined) {
        throw error;
      }
      if (code === NOT_A_DATABASE) {
        const got = (error as Error).message;
        throw new NetError("UNSUPPORTED", `Expected a database of SQLite's, got: ${got}`, { cause: error });
      }
      if (!BUSY.has(code) || performance.now() + wait >= giveUpAt) {
        const why = BUSY.has(code)
          ? `Expected the file to be free within ${busyTimeout} ms, got`
          : "Expected SQLite to do it, got";
        throw new NetError("STORE_UNAVAILABLE", `${why}: ${(error as Error).message}`, { cause: error });
      }
    }
    await sleep(wait);
  }
  throw new Error("Expected waits without end");
}

/** SQLITE_BUSY and SQLITE_LOCKED (sqlite.org/rescode.html). */
const BUSY = new Set([5, 6]);
/** SQLITE_NOTADB. */
const NOT_A_DATABASE = 26;

/** The primary result code, the low byte of the extended one; undefined when the error is not SQLite's. */
function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" ? errcode & 0xff : undefined;
}
