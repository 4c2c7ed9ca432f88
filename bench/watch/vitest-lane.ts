import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Lane } from "./main.ts";
import type { Workbench } from "./workbench.ts";

const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
const shim = join(import.meta.dirname, "in-process.ts");

/** `vitest --watch` as it comes, but for a reporter that says one line and nothing else: it prints less than its own. */
export async function vitestLane(bench: Workbench): Promise<Lane> {
  const config = join(bench.root, "vitest.config.mjs");
  const settings = {
    root: bench.root,
    resolve: { alias: { "@tcpip-workshop/grader/suite": shim, "answer-under-test": bench.answer } },
    test: { include: ["**/*.test.ts"], testTimeout: 60_000 },
  };
  writeFileSync(
    config,
    `const reporter = { onTestRunEnd: (modules, errors, reason) => console.log("VERDICT", errors.length ? "error" : reason) };
    const config = ${JSON.stringify(settings)};
    config.test.reporters = [reporter];
    export default config;\n`,
  );
  const child = spawn(process.execPath, [vitest, "--watch", "--config", config], {
    cwd: bench.root,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, CI: "" },
  });
  const lines = createInterface({ input: child.stdout });
  const verdict = (): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const late = setTimeout(() => reject(new Error("Vitest said nothing for a minute")), 60_000);
    const hear = (line: string): void => {
      const [, reason] = /^VERDICT (\w+)/.exec(line) ?? [];
      if (reason === undefined) return;
      lines.off("line", hear);
      clearTimeout(late);
      resolve(reason.replace("passed", "pass"));
    };
    lines.on("line", hear);
    return promise;
  };
  await verdict();
  return {
    save: () => {
      const graded = verdict();
      bench.save();
      return graded;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "exit");
    },
  };
}
