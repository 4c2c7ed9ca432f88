import { styleText } from "node:util";
import type { Out } from "../command.ts";
import { rewrites } from "./layout.ts";

/** Colours a text, or does not. Nothing is told by colour alone. */
export type Paint = (style: "green" | "red" | "yellow" | "bold" | "dim", text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Colours for a terminal; none for TERM=dumb. `NO_COLOR` and `FORCE_COLOR` are heard (no-color.org, force-color.org). */
export function paintFor(out: Out): Paint {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  const wanted = FORCE_COLOR ? true : rewrites(out) && !NO_COLOR;
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : plain;
}
