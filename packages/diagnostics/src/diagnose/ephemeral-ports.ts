import { NetError } from "@tcpip-workshop/core/net-error";
import { readFileSync } from "node:fs";
import { errnoCode } from "../sockets/errno-code.ts";

/** The ports the kernel takes for a connection that did not bind one, both ends included. */
export interface EphemeralPorts {
  first: number;
  last: number;
}

/** Linux's own: 28,232 ports (ip-sysctl, `ip_local_port_range`). */
export const defaultEphemeralPorts: EphemeralPorts = { first: 32_768, last: 60_999 };

/** What this host has set. @throws NetError `UNSUPPORTED`, `SOURCE_INVALID` */
export function readEphemeralPorts(): EphemeralPorts {
  const path = "/proc/sys/net/ipv4/ip_local_port_range";
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch (error) {
    throw new NetError("UNSUPPORTED", `Expected ${path}, got ${errnoCode(error)}`, { cause: error });
  }
  const range = /^(\d+)\s+(\d+)\s*$/.exec(text);
  if (range === null)
    throw new NetError("SOURCE_INVALID", `Expected two ports in ${path}, got ${JSON.stringify(text)}`);
  return { first: Number(range[1]), last: Number(range[2]) };
}
