// Cheat: returns an object with a `then` that gives another such object, and never a value
// Works: in-process
// Proof: hangs

interface Chain {
  then(resolve: (next: Chain) => void): void;
}
const chain = (): Chain => ({ then: (resolve) => resolve(chain()) });
export const frame = (): Chain => chain();
