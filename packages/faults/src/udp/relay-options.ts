import { isIP } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { realTimers, type Timers } from "../timers.ts";

/** Where the server's socket is bound. */
export interface RelayTarget {
  port: number;
  /** An IP address. Default "127.0.0.1". */
  host?: string;
}

export interface LossyRelayOptions {
  /**
   * Whether positions are counted over all clients, in the order of arrival at the relay (the default: a client that
   * takes a new port for each retry goes on counting), or from 1 for each client's port.
   */
  countBy?: "relay" | "flow";
  /** Clients (address and port), from first to last. Default 256. Datagrams of further ones are refused, and counted. */
  maxFlows?: number;
  /** Bytes held or delayed at once, each direction. Default 16 MiB. */
  maxHeldBytes?: number;
  /** Milliseconds that a datagram is held for one that does not come. Default 1000. */
  holdLimit?: number;
  timers?: Timers;
}

/** The target with its default. Throws `ARGUMENT_INVALID`. */
export function checkTarget({ port, host = "127.0.0.1" }: RelayTarget): Required<RelayTarget> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new NetError("ARGUMENT_INVALID", `Expected the server's port from 1 to 65535, got ${port}`);
  }
  if (isIP(host) === 0) {
    throw new NetError("ARGUMENT_INVALID", `Expected the server's IP address, got "${host}"`);
  }
  return { port, host };
}

/** The options with their defaults. Throws `ARGUMENT_INVALID`. */
export function checkOptions(options: LossyRelayOptions): Required<LossyRelayOptions> {
  return {
    countBy: options.countBy ?? "relay",
    maxFlows: atLeast(1, "maxFlows", options.maxFlows ?? 256),
    maxHeldBytes: atLeast(0, "maxHeldBytes", options.maxHeldBytes ?? 16 << 20),
    holdLimit: atLeast(0, "holdLimit", options.holdLimit ?? 1000),
    timers: options.timers ?? realTimers,
  };
}

function atLeast(least: number, name: string, value: number): number {
  if (!Number.isInteger(value) || value < least || value > MOST) {
    throw new NetError("ARGUMENT_INVALID", `Expected ${name} from ${least} to ${MOST}, got ${value}`);
  }
  return value;
}

const MOST = 2 ** 31 - 1;
