// Cheat: has Node write a diagnostic report, into a folder of the host's
// Works: in-process
// Proof: leaves

import { scene } from "./scene.ts";

process.report.directory = scene.folder;
process.report.writeReport("left.json");
