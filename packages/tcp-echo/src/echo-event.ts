import type { Socket } from "node:net";

/**
 * What names a connection in all the world (RFC 9293, section 3.4.1: the pair of sockets, and the protocol). A remote
 * address is `null` when the peer had cut the connection before it could be asked for.
 */
export interface FiveTuple {
  protocol: "tcp";
  localAddress: string | null;
  localPort: number | null;
  remoteAddress: string | null;
  remotePort: number | null;
}

/**
 * Why a connection came to its end.
 * - `ended`: the peer closed, or the server did while it drained, and the other side followed
 * - `reset`: the peer cut it, by RST
 * - `idle`: nothing came and nothing was taken for the idle time-out
 * - `frame`: a frame that is too long, or cut off by the end of the stream
 * - `cut`: it was not at its end by the drain's deadline
 * - `failed`: another error of the system's
 */
export type CloseReason = "ended" | "reset" | "idle" | "frame" | "cut" | "failed";

/** What the server tells, as it happens. `code` is an error's: the system's (`ECONNRESET`) or a `NetError`'s. */
export type EchoEvent =
  | { event: "listening"; protocol: "tcp"; localAddress: string; localPort: number; mode: string }
  | ({ event: "connected" } & FiveTuple)
  | ({
      event: "closed";
      reason: CloseReason;
      code?: string;
      /** Bytes that came from the peer. */
      bytesIn: number;
      /** Bytes that were written for it; who was cut or went away may have taken fewer. */
      bytesOut: number;
      /** Milliseconds from accept to close. */
      duration: number;
    } & FiveTuple)
  | ({ event: "dropped" } & FiveTuple)
  | { event: "accept-failed"; code: string; message: string }
  | { event: "draining"; connections: number; deadline: number }
  | { event: "drained"; finished: number; cut: number; duration: number };

/** Asked at once: a closed socket has forgotten. */
export function fiveTuple(socket: Socket): FiveTuple {
  return {
    protocol: "tcp",
    localAddress: socket.localAddress ?? null,
    localPort: socket.localPort ?? null,
    remoteAddress: socket.remoteAddress ?? null,
    remotePort: socket.remotePort ?? null,
  };
}
