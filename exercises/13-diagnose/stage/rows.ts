/** Peer of a socket that has none. */
export const anyone = { address: "0.0.0.0", port: 0 };

/** Rows as `ss` prints them, of states and sizes that nobody can stage in a moment; addresses of RFC 5737. */
export function rowsOf(
  state: string,
  count: number,
  { recvQ = 0, sendQ = 0, peer = "192.0.2.1:5432" } = {},
): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${state} ${recvQ} ${sendQ} 198.51.100.7:${4000 + index} ${peer}`,
  );
}

/** What a row was read as, on one line. */
export function brief(
  rows: { state: string; recvQ: number; sendQ: number; local: { port: number } }[],
): string[] {
  return rows.map(
    ({ state, recvQ, sendQ, local }) =>
      `${state}, Recv-Q ${recvQ}, Send-Q ${sendQ}, local port ${local.port}`,
  );
}
