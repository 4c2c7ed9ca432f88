import type { Gate, GatePoint } from "../store.ts";

/** A gate that holds whoever comes to `point` for the n-th time, from 1, until `open` is called; everybody else passes. */
export function holdAt(point: GatePoint, nth: number): { gate: Gate; held: Promise<void>; open: () => void } {
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let came = 0;
  const gate = async (at: GatePoint): Promise<void> => {
    came += at === point ? 1 : 0;
    if (at === point && came === nth) {
      hold();
      await opened;
    }
  };
  return { gate, held, open };
}
