import { styleText } from "node:util";

/** Colour, or not, decided once for the whole output. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

export function painter(colors: boolean): Paint {
  return colors ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
}
