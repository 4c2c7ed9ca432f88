// Cheat: puts off everything else by promises that make promises
// Works: in-process
// Proof: hangs

export function frame(): Promise<never> {
  const again = (): void => void Promise.resolve().then(again);
  again();
  return new Promise(() => {});
}
