/**
 * Waits until `read` gives `expected`, as long as a machine with every core busy may need. Throws with what it gave last.
 */
export async function eventually<Value>(
  read: () => Value | Promise<Value>,
  expected: Value,
  timeout = 30_000,
): Promise<void> {
  const end = performance.now() + timeout;
  for (;;) {
    const value = await read();
    if (Object.is(value, expected)) return;
    if (performance.now() > end) {
      throw new Error(`Expected ${String(read)} to give ${String(expected)}, got ${String(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
