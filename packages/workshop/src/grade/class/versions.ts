import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import type { GradeReport, Seal } from "@tcpip-workshop/report";
import type { Course } from "../../course/course.ts";

/** What grades: a mark is compared with another only if they are the same. */
export function versionsOf({ root }: Course, level: Seal["level"]): GradeReport["versions"] {
  const bubblewrap = level === "sealed" ? bubblewrapVersion() : undefined;
  return {
    workshop: versionIn(join(root, "package.json")) ?? "unknown",
    node: process.versions.node,
    // Not by `require.resolve`, which also looks where NODE_PATH says.
    vitest: versionIn(join(root, "packages/grader/node_modules/vitest/package.json")) ?? "unknown",
    kernel: release(),
    ...(bubblewrap !== undefined && { bubblewrap }),
  };
}

function versionIn(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/** `bubblewrap 0.8.0`, as it says itself. */
function bubblewrapVersion(): string | undefined {
  try {
    const said = execFileSync("bwrap", ["--version"], { encoding: "utf8", timeout: 5000, stdio: "pipe" });
    return /\d+(?:\.\d+)+/.exec(said)?.[0];
  } catch {
    return undefined;
  }
}
