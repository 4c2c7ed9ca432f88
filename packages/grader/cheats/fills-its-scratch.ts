// Cheat: fills the folder that it may write in, in files that are each small enough
// Works: unsealed
// Proof: harms

import { readFileSync, rmSync, writeFileSync } from "node:fs";

const [, given] = /^--allow-fs-write=(.*)$/m.exec(process.execArgv.join("\n")) ?? [];
const mounted = (): string | undefined => {
  try {
    return / (\/\S*tcpip-workshop-\S+) rw/.exec(readFileSync("/proc/self/mountinfo", "latin1"))?.[1];
  } catch {
    return undefined;
  }
};
const folder = given ?? mounted() ?? "/tmp";
let wrote = 0;
const names: string[] = [];
try {
  for (; wrote < 100 * 1024 * 1024; wrote += 1024 * 1024) {
    names.push(`${folder}/full-${wrote}`);
    writeFileSync(names.at(-1) ?? "", Buffer.alloc(1024 * 1024));
  }
} catch {
  // Full.
}
console.log(`wrote ${wrote} bytes`);
for (const name of names) rmSync(name, { force: true });
