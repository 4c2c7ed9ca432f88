export * from "./net-error.ts";
export * from "./framing/index.ts";
export * from "./cidr/index.ts";
export * from "./deadline/index.ts";
export * from "./pcap/index.ts";
export * from "./packet/index.ts";
export * from "./mtu/index.ts";
