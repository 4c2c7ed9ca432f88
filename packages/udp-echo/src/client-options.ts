import { NetError } from "@tcpip-workshop/core/net-error";
import { type Backoff, backoff, type BackoffOptions } from "./backoff.ts";
import type { Mode } from "./server-options.ts";
import { realTimers, type Timers } from "./timers.ts";
import { wholeNumber } from "@tcpip-workshop/core/whole-number";
import { MAX_TIMER_MS } from "./max-timer.ts";

export interface UdpEchoClientOptions {
  /** Address or name of the server. Default `127.0.0.1`. */
  host?: string;
  /** 1 to 65,535. */
  port: number;
  /** The server's: what counts as an answer. With `echo`, the default, any echo server will do (RFC 862). */
  mode?: Mode;
  /** Milliseconds from asking until `NO_REPLY`, retries and all. Default 10,000. */
  totalTimeout?: number;
  /** Datagrams for one request. Default 8. */
  attempts?: number;
  /** Requests under way at once; others wait in line, their time-outs running. Default 256. */
  maxInFlight?: number;
  backoff?: BackoffOptions;
  /**
   * What ECONNREFUSED (ICMP port unreachable) does. `fail`, the default: all requests under way end at once with
   * `CONNECTION_REFUSED`. `retry`: they go on, for the server may be about to come back; ICMP can also be forged.
   */
  whenRefused?: "fail" | "retry";
  timers?: Timers;
  /** For the jitter: from 0 to below 1. Default `Math.random`. */
  random?: () => number;
}

/** The options, checked and with the defaults filled in. */
export type UdpEchoClientSettings = Required<Omit<UdpEchoClientOptions, "backoff">> & { backoff: Backoff };

/** Fills in the defaults. Throws `ARGUMENT_INVALID` for a value outside what `UdpEchoClientOptions` documents. */
export function clientSettings(options: UdpEchoClientOptions): UdpEchoClientSettings {
  const { mode = "echo", whenRefused = "fail" } = options;
  if (mode !== "echo" && mode !== "request") {
    throw new NetError("ARGUMENT_INVALID", `Expected mode "echo" or "request", got "${String(mode)}"`);
  }
  if (whenRefused !== "fail" && whenRefused !== "retry") {
    const got = String(whenRefused);
    throw new NetError("ARGUMENT_INVALID", `Expected whenRefused "fail" or "retry", got "${got}"`);
  }
  return {
    host: options.host ?? "127.0.0.1",
    port: wholeNumber("port", options.port, 1, 65_535),
    mode,
    totalTimeout: checkTotalTimeout(options.totalTimeout ?? 10_000),
    attempts: wholeNumber("attempts", options.attempts ?? 8, 1, 1000),
    maxInFlight: wholeNumber("maxInFlight", options.maxInFlight ?? 256, 1, 1_000_000),
    backoff: backoff(options.backoff),
    whenRefused,
    timers: options.timers ?? realTimers,
    random: options.random ?? Math.random,
  };
}

/** `totalTimeout`, if a timer can wait that long. Throws `ARGUMENT_INVALID` if not. */
export function checkTotalTimeout(totalTimeout: number): number {
  return wholeNumber("totalTimeout", totalTimeout, 1, MAX_TIMER_MS);
}
