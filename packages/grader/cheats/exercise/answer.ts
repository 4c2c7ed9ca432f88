/** The payload's length in four bytes, most significant first, and then the payload. */
export function frame(payload: Uint8Array): Uint8Array {
  throw new Error(`not implemented: ${payload.length}`);
}

/** How many bytes there are, and what they add up to. */
export function tally(bytes: Uint8Array): { count: number; sum: number } {
  throw new Error(`not implemented: ${bytes.length}`);
}

/** Listens on loopback, on a port of the kernel's choice: each connection's first chunk comes back as a frame. */
export async function serve(): Promise<number> {
  throw new Error("not implemented");
}
