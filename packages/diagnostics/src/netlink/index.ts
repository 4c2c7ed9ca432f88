export { readSocketsByNetlink } from "./read-sockets-by-netlink.ts";
export type { NetlinkOptions } from "./read-sockets-by-netlink.ts";
