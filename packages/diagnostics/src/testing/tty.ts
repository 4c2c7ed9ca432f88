import type { Terminal } from "../command/command.ts";

/** A terminal that keeps what is written to it. */
export function recorder(overrides: Partial<Terminal> = {}): Terminal & { out: string; complaints: string } {
  return {
    out: "",
    complaints: "",
    write(text) {
      this.out += text;
    },
    complain(text) {
      this.complaints += text;
    },
    colors: false,
    signal: new AbortController().signal,
    ...overrides,
  };
}
