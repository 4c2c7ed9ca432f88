import { width, wrap } from "../text/layout.ts";

/** Words for the screen, on lines of their own. */
export function paragraph(text: string): string {
  return `${wrap(text, width).join("\n")}\n`;
}
