import { spell } from "./address.ts";
import { isBlock, spellBlock, spellBlocks } from "./spelling.ts";

/** What came of a call, on one line: the code of its refusal, or its value as `shown`. */
export async function outcomeOf(
  call: Promise<unknown>,
  shown: (value: unknown) => string = readAs,
): Promise<string> {
  try {
    return shown(await call);
  } catch (error) {
    // The process died, or threw what is no Error: the runner has the better words for it.
    if (!(error instanceof Error) || error.name === "AnswerFailure" || error.name === "ThrownValue")
      throw error;
    const { code } = error as { code?: unknown };
    return typeof code === "string"
      ? refusal(code)
      : `an error without a code: ${error.name}: ${error.message}`;
  }
}

export function refusal(code: string): string {
  return `refused with code ${code}`;
}

export function readAs(value: unknown): string {
  return `read as ${isBlock(value) ? spellBlock(value) : spell(value)}`;
}

export function countAs(value: unknown): string {
  return typeof value === "number" ? `${value} hosts` : spell(value);
}

export function splitInto(value: unknown): string {
  return `split into ${spellBlocks(value).slice(0, 4).join(", ") || "nothing"}`;
}

/** Numbers, texts and booleans as they are, whatever else came in words. */
export function plain(value: unknown): unknown {
  return ["number", "string", "boolean"].includes(typeof value) ? value : spell(value);
}
