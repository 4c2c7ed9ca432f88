// pnpm bench <name>: the course's packages beside their peers. Installs the peers the first time.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const here = import.meta.dirname;
const names = readdirSync(here).filter((name) => existsSync(`${here}/${name}/main.ts`));
const [name = "", ...options] = process.argv.slice(2);

if (!names.includes(name)) {
  console.error(`Expected one of: ${names.join(", ")}; got "${name}". Usage: pnpm bench <name>`);
  process.exit(2);
}
if (!existsSync(`${here}/node_modules`)) run("pnpm", ["--dir", here, "install", "--frozen-lockfile"]);
// Node as it is, without a loader in the way: it erases the types itself, as `pnpm workshop` has it
run(process.execPath, ["--disable-warning=ExperimentalWarning", `${here}/${name}/main.ts`, ...options]);

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
