export { NetError, type NetErrorCode } from "@tcpip-workshop/core";
