import { fileLooks } from "./files.ts";
import { examine, type Finding, type Look } from "./finding.ts";
import { kernelLooks } from "./kernel.ts";
import { loopbackLooks } from "./loopback.ts";
import { platformHere, type Platform } from "./platform.ts";
import { sealLooks } from "./seal.ts";
import { toolLooks } from "./tools.ts";

/** What `workshop doctor --json` prints. Fields are added, never renamed. */
export interface Diagnosis {
  /** The form of this very object; 1. */
  version: 1;
  platform: Platform;
  findings: Finding[];
  /** Whether every exercise can be graded here. */
  works: boolean;
}

/** Looks at this machine, in less than two seconds whatever it does. */
export async function diagnose(root: string): Promise<Diagnosis> {
  const platform = platformHere();
  const findings = await examine(allLooks(platform, root));
  return { version: 1, platform, findings, works: findings.every(({ state }) => state !== "stops") };
}

function allLooks(platform: Platform, root: string): Look[] {
  return [
    ...toolLooks(platform, root),
    ...kernelLooks(platform),
    ...loopbackLooks(platform),
    ...sealLooks(platform),
    ...fileLooks(platform, root),
  ];
}
