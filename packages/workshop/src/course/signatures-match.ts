import type { Signature, Signatures } from "./signatures.ts";

/** More than so many are of no help: it could be anything. */
export const mostAlike = 3;

/**
 * The known mistakes that an answer looks like: they fail first by the same test and with the same symptom, and their other
 * tests fail here too. Further tests may fail here, for other reasons: who is on the way has not written it all.
 */
export function alike(signatures: Signatures, { failing, symptom }: Signature): string[] {
  const [first] = failing;
  if (first === undefined) return [];
  const fails = new Set(failing);
  return Object.entries(signatures).flatMap(([name, known]) =>
    known.symptom === symptom &&
    known.failing[0] === first &&
    known.failing.every((title) => fails.has(title))
      ? [name]
      : [],
  );
}
