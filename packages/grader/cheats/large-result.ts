// Cheat: returns thirty million numbers, for a failure to show what it got
// Works: in-process
// Proof: hangs

const numbers = new Int8Array(30_000_000);

export function frame(): Int8Array {
  return numbers;
}

export function tally(): Int8Array {
  return numbers;
}
