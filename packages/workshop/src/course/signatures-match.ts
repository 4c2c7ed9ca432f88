import type { Signature, Signatures } from "./signatures.ts";

/** More than so many are of no help: it could be anything. */
export const mostAlike = 3;

/**
 * The known mistakes that fail the very same tests with the very same symptom; tests of what is not written yet are left
 * out on both sides.
 */
export function alike(
  signatures: Signatures,
  { failing, symptom }: Signature,
  isUnwritten: (title: string) => boolean,
): string[] {
  const written = (titles: string[]): string => titles.filter((title) => !isUnwritten(title)).join("\n");
  const wanted = written(failing);
  if (wanted === "") return [];
  return Object.entries(signatures).flatMap(([name, known]) =>
    written(known.failing) === wanted && known.symptom === symptom ? [name] : [],
  );
}
