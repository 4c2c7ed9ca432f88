export { diagnose } from "./diagnose.ts";
export type { DiagnoseOptions } from "./diagnose.ts";
export { defaultEphemeralPorts, readEphemeralPorts } from "./ephemeral-ports.ts";
export type { EphemeralPorts } from "./ephemeral-ports.ts";
export type { Finding, FindingCode } from "./finding.ts";
export { defaultThresholds } from "./thresholds.ts";
export type { Thresholds } from "./thresholds.ts";
