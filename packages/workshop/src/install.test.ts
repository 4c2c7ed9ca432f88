import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCourse } from "./course/course.ts";
import { installed, isFor, lockedPackages, sizeOnDisk, type Machine } from "./testing/install.ts";

/** What a learner waits for, and gives room to: Node included. */
const mostPackages = 250;
const mostMegabytes = 500;

const { root } = openCourse();
const store = join(root, "node_modules/.pnpm");
const noStore = existsSync(store) ? "" : " (skipped: node_modules/.pnpm is not there)";

test.each<[string, Machine]>([
  ["Linux", { os: "linux", cpu: "x64", libc: "glibc" }],
  ["Alpine", { os: "linux", cpu: "arm64", libc: "musl" }],
  ["macOS", { os: "darwin", cpu: "arm64", libc: "" }],
  ["Windows", { os: "win32", cpu: "x64", libc: "" }],
])(`an install on %s has at most ${mostPackages} packages`, (_, machine) => {
  const packages = lockedPackages(root).filter((one) => isFor(one, machine));
  // Far fewer would be a lockfile that is read wrongly.
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.length).toBeLessThanOrEqual(mostPackages);
});

test.skipIf(noStore !== "")(
  `what is installed is at most ${mostPackages} packages and ${mostMegabytes} MB, Node included${noStore}`,
  () => {
    const packages = installed(root);
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.length).toBeLessThanOrEqual(mostPackages);
    expect(packages.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^node@/));
    const megabytes = packages.reduce((sum, { folder }) => sum + sizeOnDisk(folder), 0) / 1e6;
    expect(megabytes).toBeGreaterThan(100);
    expect(megabytes).toBeLessThanOrEqual(mostMegabytes);
  },
);

test.skipIf(noStore !== "")(`the README says how many packages are installed${noStore}`, () => {
  const said = /\((\d+) packages,/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1];
  expect(Math.abs(Number(said) - installed(root).length)).toBeLessThanOrEqual(5);
});
