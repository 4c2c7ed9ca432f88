import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCourse, type Course } from "../course/course.ts";

const project = fileURLToPath(new URL("../../../..", import.meta.url));
const packages = ["core", "diagnostics", "faults", "grader", "idempotency", "tcp-echo", "udp-echo"];

/** The project with its own workshop and without exercises; what it stands on is the real one's. Gone when disposed. */
export function courseCopy(): Course & { bin: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "project-"));
  const copy = join(root, "packages/workshop");
  for (const part of ["bin", "src", "templates"])
    cpSync(join(project, "packages/workshop", part), join(copy, part), { recursive: true });
  copyFileSync(join(project, "packages/workshop/package.json"), join(copy, "package.json"));
  for (const file of ["package.json", "turbo.json"]) copyFileSync(join(project, file), join(root, file));
  for (const shelf of ["exercises", "solutions", "mistakes"]) {
    mkdirSync(join(root, shelf));
    copyFileSync(join(project, shelf, "package.json"), join(root, shelf, "package.json"));
  }
  for (const path of [
    "node_modules",
    "packages/workshop/node_modules",
    ...["exercises", "solutions", "mistakes"].map((shelf) => `${shelf}/node_modules`),
    ...packages.map((name) => `packages/${name}`),
  ])
    symlinkSync(join(project, path), join(root, path));
  return {
    ...openCourse(root),
    bin: join(copy, "bin/workshop.js"),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
