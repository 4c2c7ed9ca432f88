// Cheat: puts off everything else by process.nextTick, from a setter of its own making, when the loading is over
// Works: in-process
// Proof: hangs

setTimeout(() => {
  const again = (): void => process.nextTick(again);
  again();
}, 1);
export const frame = (): Promise<never> => new Promise(() => {});
