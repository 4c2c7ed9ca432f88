/** What went wrong, for programs: a closed list. Messages are for people and may change; match on the code. */
export type NetErrorCode =
  /** A frame's declared or delimited length is above the decoder's limit. */
  | "FRAME_TOO_LARGE"
  /** The stream ended in the middle of a frame or of its header. */
  | "FRAME_TRUNCATED"
  /** A header that no encoder can have written: a varint without an end, a length that counts itself and is too small. */
  | "FRAME_INVALID"
  /** Bytes for a decoder that is closed: after `end`, or after a visitor threw in the middle of a chunk. */
  | "DECODER_CLOSED"
  /** An address that is not in the one strict spelling. */
  | "ADDRESS_INVALID"
  /** A prefix (`10.0.0.0/8`) that is not in the one strict spelling, or out of range. */
  | "CIDR_INVALID"
  /** Bytes that are not a classic pcap capture, or a packet header that no writer means. */
  | "CAPTURE_INVALID"
  /** A packet whose captured length is above the reader's limit. */
  | "CAPTURE_TOO_LARGE"
  /** A capture that stops inside its header or a packet. */
  | "CAPTURE_TRUNCATED"
  /** A number or option outside what the function documents. */
  | "ARGUMENT_INVALID"
  /** No connection within the connect time-out: SYNs unanswered, or an address that leads nowhere. */
  | "CONNECT_TIMEOUT"
  /** Connected, and then nothing came or went for the idle time-out. */
  | "IDLE_TIMEOUT"
  /** The whole exchange took longer than the total time-out, however busy it was. */
  | "TOTAL_TIMEOUT"
  /** No time is left until a deadline: a call would be for nobody. */
  | "DEADLINE_EXCEEDED"
  /** A plan of time-outs and retries that cannot fit into what its caller waits. */
  | "BUDGET_IMPOSSIBLE"
  /** A time-out in a header (`100m`) that is not in the grammar of `grpc-timeout`. */
  | "TIMEOUT_INVALID"
  /** The peer's host answered the SYN, or the datagram, that nobody listens there (RST; ICMP port unreachable). */
  | "CONNECTION_REFUSED"
  /** The connection was cut by RST. */
  | "CONNECTION_RESET"
  /** The peer closed, with FIN, before what was due had come. */
  | "CONNECTION_CLOSED"
  /** The connection could not be made or kept for another reason of the system's; `cause` has it. */
  | "CONNECTION_FAILED"
  /** The local address and port are taken (EADDRINUSE). */
  | "ADDRESS_IN_USE"
  /** The local address cannot be had: not this host's, no port left, or not allowed (EADDRNOTAVAIL, EACCES). */
  | "ADDRESS_UNAVAILABLE"
  /** A datagram is larger than the socket can send (EMSGSIZE). */
  | "DATAGRAM_TOO_LARGE"
  /** No reply came within the deadline, retries and all. */
  | "NO_REPLY"
  /** The peer sent what nobody had asked for. */
  | "REPLY_INVALID"
  /** What was called is closed, or closing. */
  | "CLOSED"
  /** No connection of the pool was free within the acquire time-out. */
  | "ACQUIRE_TIMEOUT"
  /** As many callers as may wait for a connection of the pool are waiting. */
  | "QUEUE_FULL"
  /** A database could not do it now, or did not say whether it did: locked, throttled, out of reach; `cause` has it. */
  | "STORE_UNAVAILABLE"
  /** A resource of a test's was not disposed of by its end. */
  | "RESOURCE_LEAKED"
  /** This system does not let us have what is needed; the message says what that is. */
  | "UNSUPPORTED"
  /** Text or bytes that are not what their source prints. */
  | "SOURCE_INVALID"
  /** A packet ends before a header of its, or before what a length in one says. `offset` has the byte. */
  | "PACKET_TRUNCATED"
  /** A header's field has a value that no sender can mean. `offset` has the byte. */
  | "PACKET_INVALID"
  /** A header's checksum does not fit the bytes it covers. `offset` has the byte. */
  | "CHECKSUM_INVALID";

/** The one error that this package and those above it throw of their own. `message` says what was expected and what came. */
export class NetError extends Error {
  override readonly name = "NetError";
  readonly code: NetErrorCode;
  // `declare`, so that only errors about bytes have the property at all.
  /** Where in the bytes that were given the reason stands; on the `PACKET_…`, `CHECKSUM_…` and `CAPTURE_…` codes. */
  declare readonly offset?: number;

  constructor(code: NetErrorCode, message: string, options?: ErrorOptions & { readonly offset?: number }) {
    super(message, options);
    this.code = code;
    if (options?.offset !== undefined) this.offset = options.offset;
  }
}
