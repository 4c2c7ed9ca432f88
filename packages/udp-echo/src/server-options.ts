import { NetError } from "@tcpip-workshop/core/net-error";
import { type AtMostOnceLimits, ENTRY_OVERHEAD } from "./at-most-once.ts";
import type { Handler } from "./run-handler.ts";
import { realTimers, type Timers } from "./timers.ts";
import type { UdpEchoEvent } from "./udp-echo-event.ts";
import { wholeNumber } from "@tcpip-workshop/core/whole-number";
import { MAX_TIMER_MS } from "./max-timer.ts";

/** `echo` gives back each datagram as it came (RFC 862); `request` answers `Message`s, each id once. */
export type Mode = "echo" | "request";

export interface UdpEchoServerOptions {
  /** Address or name to bind. Default `127.0.0.1`. */
  host?: string;
  /** 0 to 65,535; 0 lets the system choose. Default 0. */
  port?: number;
  /** Default `echo`. */
  mode?: Mode;
  /** For mode `request`. Default: the payload comes back. */
  handler?: Handler;
  /** Datagrams longer than this, header included, are counted and dropped, in bytes. Default 65,535: none is longer. */
  maxDatagramLength?: number;
  /** Handlers that may run at once; requests beyond are dropped, and retried by their client. Default 1024. */
  maxRunning?: number;
  /** Milliseconds until a handler is given up. Default 10,000. */
  handlerTimeout?: number;
  /** Milliseconds a reply is remembered: longer than any client retries. Default 60,000. */
  windowAge?: number;
  /** Replies that are remembered. Default 65,536. */
  windowEntries?: number;
  /** Bytes of remembered replies, 512 for each added. At least 66,047: one of the longest. Default 64 MiB. */
  windowBytes?: number;
  /**
   * A reply is not sent if it is more than this times as long as the request: source addresses can be forged, and a
   * server must not be anyone's amplifier. Default 3, as QUIC's (RFC 9000, section 8).
   */
  maxAmplification?: number;
  /**
   * Datagrams from ports below are dropped: they come from services, or pretend to. Two services that echo each other
   * never end (CERT CA-1996-01). Default 1024; port 0 is never answered, it means "no reply wanted" (RFC 768).
   */
  minSourcePort?: number;
  /** Bytes on the way to a kernel that takes no more; replies beyond are dropped. Default 4 MiB. */
  maxSendQueueBytes?: number;
  /** SO_RCVBUF, bytes; the system doubles it and has a limit of its own (socket(7)). Default: the system's. */
  receiveBufferBytes?: number | undefined;
  /** How long `drain` waits for handlers that run. In ms, 0 for not at all; default 10,000. */
  drainDeadline?: number;
  /** Told everything as it happens. Must not throw. */
  onEvent?: (event: UdpEchoEvent) => void;
  timers?: Timers;
}

/** The options, checked and with the defaults filled in. */
export type UdpEchoServerSettings = Omit<
  Required<UdpEchoServerOptions>,
  "maxRunning" | "windowAge" | "windowEntries" | "windowBytes"
> & { window: AtMostOnceLimits };

/** Fills in the defaults. Throws `ARGUMENT_INVALID` for a value outside what `UdpEchoServerOptions` documents. */
export function serverSettings(options: UdpEchoServerOptions = {}): UdpEchoServerSettings {
  const mode = options.mode ?? "echo";
  if (mode !== "echo" && mode !== "request") {
    throw new NetError("ARGUMENT_INVALID", `Expected mode "echo" or "request", got "${String(mode)}"`);
  }
  if (options.handler && mode === "echo") {
    throw new NetError("ARGUMENT_INVALID", `Expected mode "request" with a handler, got mode "echo"`);
  }
  const whole = (name: keyof typeof LIMITS): number => {
    const [fallback, min, max] = LIMITS[name];
    return wholeNumber(name, options[name] ?? fallback, min, max);
  };
  const { receiveBufferBytes } = options;
  if (receiveBufferBytes !== undefined)
    wholeNumber("receiveBufferBytes", receiveBufferBytes, 1, 1_073_741_823);
  return {
    host: options.host ?? "127.0.0.1",
    port: whole("port"),
    mode,
    handler: options.handler ?? ((payload) => payload),
    maxDatagramLength: whole("maxDatagramLength"),
    handlerTimeout: whole("handlerTimeout"),
    window: {
      maxRunning: whole("maxRunning"),
      maxAge: whole("windowAge"),
      maxEntries: whole("windowEntries"),
      maxBytes: whole("windowBytes"),
    },
    maxAmplification: whole("maxAmplification"),
    minSourcePort: whole("minSourcePort"),
    maxSendQueueBytes: whole("maxSendQueueBytes"),
    receiveBufferBytes,
    drainDeadline: whole("drainDeadline"),
    onEvent: options.onEvent ?? (() => {}),
    timers: options.timers ?? realTimers,
  };
}

/** Milliseconds that `drain` waits. Throws `ARGUMENT_INVALID`. */
export function drainDeadline(deadline: number | undefined, settings: UdpEchoServerSettings): number {
  return deadline === undefined
    ? settings.drainDeadline
    : wholeNumber("the drain's deadline", deadline, 0, MAX_TIMER_MS);
}

/** Default, least, most. */
const LIMITS = {
  port: [0, 0, 65_535],
  maxDatagramLength: [65_535, 0, 65_535],
  maxRunning: [1024, 1, 1_000_000],
  handlerTimeout: [10_000, 1, MAX_TIMER_MS],
  windowAge: [60_000, 1, MAX_TIMER_MS],
  windowEntries: [65_536, 1, 10_000_000],
  windowBytes: [67_108_864, 65_535 + ENTRY_OVERHEAD, Number.MAX_SAFE_INTEGER],
  maxAmplification: [3, 1, 65_535],
  minSourcePort: [1024, 1, 65_535],
  maxSendQueueBytes: [4_194_304, 65_535, 1_073_741_824],
  drainDeadline: [10_000, 0, MAX_TIMER_MS],
} as const satisfies Record<string, readonly [number, number, number]>;
