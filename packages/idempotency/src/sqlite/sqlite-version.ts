import { NetError } from "@tcpip-workshop/core/net-error";

/**
 * The first with the "WAL-reset bug" repaired: before, two processes that write and checkpoint at the same instant could
 * damage the file (sqlite.org/wal.html, releaselog/3_51_3.html).
 */
const LEAST = [3, 51, 3];

/** Throws `UNSUPPORTED` for an SQLite that may damage a file that two processes write. */
export function checkSqliteVersion(version: string | undefined): void {
  const parts = (version ?? "").split(".").map(Number);
  const index = LEAST.findIndex((least, index) => parts[index] !== least);
  if (index >= 0 && !((parts[index] ?? 0) > LEAST[index]!)) {
    throw new NetError(
      "UNSUPPORTED",
      `Expected SQLite ${LEAST.join(".")} or later in this Node, got ${version}`,
    );
  }
}
