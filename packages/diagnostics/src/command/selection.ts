import { NetError } from "@tcpip-workshop/core/net-error";
import type { ParseArgsOptionsConfig } from "node:util";
import { addOwners } from "../sockets/owners.ts";
import { readSockets } from "../sockets/read-sockets.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import type { Values } from "./command.ts";

/** The options all commands have: which sockets, and how to print. */
export const selectionOptions: ParseArgsOptionsConfig = {
  port: { type: "string" },
  pid: { type: "string" },
  json: { type: "boolean" },
};

export const selectionHelp = {
  "port <n>": "only sockets with this port at either end",
  "pid <n>": "only sockets of this process (another user's needs root; TIME-WAIT is nobody's)",
  json: "for programs",
};

/** @throws NetError `ARGUMENT_INVALID`, `UNSUPPORTED` */
export function readSelected(values: Values): SocketEntry[] {
  const port = optionalNumber(values, "port");
  const pid = optionalNumber(values, "pid");
  const sockets = readSockets({ ...(port !== undefined && { port }), ...(pid !== undefined && { pid }) });
  if (values["processes"] === true && pid === undefined) addOwners(sockets);
  return sockets;
}

/** @throws NetError `ARGUMENT_INVALID` */
export function optionalNumber(values: Values, option: string): number | undefined {
  const value = values[option];
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^\d{1,9}$/.test(value)) return Number(value);
  throw new NetError("ARGUMENT_INVALID", `Expected --${option} with a whole number, got "${value}"`);
}
