// Cheat: blocks its thread by Atomics.wait, so that no timer can fire
// Works: in-process
// Proof: hangs

export const frame = (): string => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
