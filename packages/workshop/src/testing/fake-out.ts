import type { Out } from "../command.ts";

/** Keeps what a command writes. */
export function fakeOut(): Out & { text: string } {
  return {
    text: "",
    write(text: string) {
      this.text += text;
    },
  };
}
