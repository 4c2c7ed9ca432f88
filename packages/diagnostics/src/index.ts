export { NetError, type NetErrorCode } from "@tcpip-workshop/core";
export * from "./sockets/index.ts";
