import { closeSync, openSync, readSync } from "node:fs";
import { parseProcRow, type ProcTable, type RowFilter, type SpelledAddresses } from "./proc-row.ts";
import type { SocketEntry } from "./socket-entry.ts";

/**
 * The wanted rows of one file. The kernel hands the table out a page (4 KiB, 26 rows) a read, whatever the size of the
 * buffer, and finds its place again by counting: rows that come or go between two reads can make it repeat or miss a few.
 * (So does `ss`, for the same reason.) What fits in one page is a true snapshot.
 * @throws NetError `SOURCE_INVALID`; and what `open` throws
 */
export function readProcTable(path: string, table: ProcTable, filter: RowFilter): SocketEntry[] {
  const file = openSync(path, "r");
  try {
    const sockets: SocketEntry[] = [];
    const spelled: SpelledAddresses = new Map();
    const bytes = Buffer.allocUnsafe(BUFFER_LENGTH);
    let isHeader = true;
    let filled = 0;
    for (;;) {
      const count = readSync(file, bytes, filled, BUFFER_LENGTH - filled, null);
      filled += count;
      // Parsing waits until the buffer is full, to keep the reads close together.
      if (count > 0 && BUFFER_LENGTH - filled >= PAGE) continue;
      let start = 0;
      for (let end: number; (end = bytes.indexOf(LINE_FEED, start)) >= 0 && end < filled; start = end + 1) {
        if (isHeader) isHeader = false;
        else {
          const socket = parseProcRow(bytes, start, end, table, filter, spelled);
          if (socket !== undefined) sockets.push(socket);
        }
      }
      if (count === 0) return sockets;
      bytes.copyWithin(0, start, filled);
      filled -= start;
    }
  } finally {
    closeSync(file);
  }
}

const LINE_FEED = 10;
const PAGE = 4096;
const BUFFER_LENGTH = 64 * PAGE;
