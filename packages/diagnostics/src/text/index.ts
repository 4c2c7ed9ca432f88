export { parseNetstat } from "./parse-netstat.ts";
export { parseSs } from "./parse-ss.ts";
export type { ParseSsOptions } from "./parse-ss.ts";
export type { TcpInfo } from "./tcp-info.ts";
