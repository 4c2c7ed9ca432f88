import { execFile } from "node:child_process";

/** What came of running a program. */
export interface Ran {
  /** Nothing when there is no such program. */
  code: number | undefined;
  /** stdout and stderr. */
  text: string;
}

/** Milliseconds until it is killed. */
const longest = 1200;

export function runTool(command: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: longest, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`.trim();
      if (error === null) resolve({ code: 0, text });
      else if (error.code === "ENOENT") resolve({ code: undefined, text: "" });
      else if (error.killed === true) resolve({ code: 1, text: `no answer within ${longest / 1000} s` });
      else resolve({ code: typeof error.code === "number" ? error.code : 1, text: text || error.message });
    });
  });
}

/** The first `1.2` or `1.2.3` in what a program says of itself. */
export function versionIn(text: string): string {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? firstLine(text);
}

export function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
