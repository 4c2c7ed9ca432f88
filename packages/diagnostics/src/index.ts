export { NetError, type NetErrorCode } from "@tcpip-workshop/core";
export * from "./sockets/index.ts";
export * from "./text/index.ts";
export * from "./counters/index.ts";
export * from "./machine/index.ts";
export * from "./diagnose/index.ts";
