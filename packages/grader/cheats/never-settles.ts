// Cheat: returns a promise that never settles
// Works: in-process
// Proof: hangs

export function frame(): Promise<never> {
  setInterval(() => {}, 1000);
  return new Promise(() => {});
}
