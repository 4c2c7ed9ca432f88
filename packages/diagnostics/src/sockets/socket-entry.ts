import type { TcpInfo } from "../text/tcp-info.ts";
import type { TcpState } from "./tcp-state.ts";

/** One row of the kernel's socket table. */
export type SocketEntry = TcpSocketEntry | UdpSocketEntry;

export interface TcpSocketEntry extends SocketFacts {
  protocol: "tcp";
  state: TcpState;
  /**
   * LISTEN only, and only where the source tells it: the second argument of listen(2) (`ss` prints it as Send-Q,
   * `/proc/net/tcp` has no column for it). Linux lets `backlog + 1` completed connections wait for `accept`.
   */
  backlog?: number;
  /** From the text of `ss -ti` only. */
  info?: TcpInfo;
}

export interface UdpSocketEntry extends SocketFacts {
  protocol: "udp";
  /** UDP has no states; as `ss` does, ESTAB is a socket that called `connect` and UNCONN any other. */
  state: "UNCONN" | "ESTAB";
  /** Datagrams thrown away because the receive buffer was full. */
  drops?: number;
}

export interface SocketFacts {
  family: 4 | 6;
  local: Endpoint;
  remote: Endpoint;
  /**
   * Bytes that have arrived and that the application has not read; for LISTEN, the completed connections that wait for
   * `accept`.
   */
  recvQ: number;
  /**
   * Bytes written that the peer has not acknowledged; for LISTEN, what the source says: the backlog from `ss`, always 0
   * from `/proc/net/tcp`.
   */
  sendQ: number;
  timer?: SocketTimer;
  /** Number of the socket, as in the link `/proc/<pid>/fd/7 -> socket:[123]`. 0 where no process has it: TIME-WAIT, SYN-RECEIVED, not yet accepted. */
  inode: number;
  uid: number;
  /** Processes that hold the socket; absent where nobody looked. */
  pids?: number[];
}

export interface Endpoint {
  /** As `inet_ntop` writes it, with a zone behind `%` where the source tells one. `0.0.0.0` and `::` are any address. */
  address: string;
  /** 0 where there is none: the remote end of a listener, which `ss` prints as `*`. */
  port: number;
}

export interface SocketTimer {
  /**
   * As `ss -o` names them: `on` (retransmission), `keepalive`, `timewait`, `persist` (zero-window probe); `unknown` covers
   * what a newer kernel may have.
   */
  kind: "on" | "keepalive" | "timewait" | "persist" | "unknown";
  /** Until it fires. */
  milliseconds: number;
  /** Retransmissions (or probes, for `keepalive` and `persist`) sent without an answer. */
  retransmits: number;
}
