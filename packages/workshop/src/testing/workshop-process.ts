import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ownBin = fileURLToPath(new URL("../../bin/workshop.js", import.meta.url));

/** Runs `pnpm workshop …` as a person does: the grader runs Vitest in its own thread, so it cannot run in a test's. */
export function workshop(...argv: string[]): Promise<{ code: number; text: string }> {
  return workshopAt(ownBin, ...argv);
}

export function workshopAt(bin: string, ...argv: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, ...argv],
      { env: { PATH: process.env["PATH"] } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
      },
    );
  });
}

/** The command's entry over sources that throw; gone when disposed. */
export function brokenCopy(): { bin: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "workshop-"));
  const [bin, src] = [join(folder, "packages/workshop/bin"), join(folder, "packages/workshop/src")];
  mkdirSync(bin, { recursive: true });
  mkdirSync(src, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  copyFileSync(ownBin, join(bin, "workshop.js"));
  writeFileSync(
    join(src, "workshop.ts"),
    'export const run = async () => { throw new Error("broken on purpose"); };',
  );
  return {
    bin: join(bin, "workshop.js"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
