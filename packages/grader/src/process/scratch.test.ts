import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeScratch, removeScratch } from "./scratch.ts";

// Root is stopped by no mode: for it this says nothing.
test.skipIf(process.getuid?.() === 0)(
  "a folder that an answer has locked is removed all the same (not as root)",
  () => {
    const folder = makeScratch();
    mkdirSync(join(folder, "locked/deeper"), { recursive: true });
    writeFileSync(join(folder, "locked/deeper/file"), "x");
    chmodSync(join(folder, "locked/deeper"), 0);
    chmodSync(join(folder, "locked"), 0);
    removeScratch(folder);
    expect(existsSync(folder)).toBe(false);
  },
);
