/** What a client counted since it began. */
export interface UdpEchoClientStats {
  /** Requests asked for. */
  requests: number;
  /** Requests that got their reply. */
  answered: number;
  /** Requests that ended without one: time-out, refusal, abort, error. */
  lost: number;
  /** Datagrams handed to the socket, retries and all. */
  sent: number;
  /** Of these, sent again because no reply had come. */
  retries: number;
  /** Of these, those the system did not take. */
  sendErrors: number;
  /** Datagrams that came. */
  received: number;
  /** Of these, replies to requests that already had theirs. */
  duplicates: number;
  /** Replies to requests that had ended without one. */
  late: number;
  /** Replies with an id that is not, or no longer, known. */
  unknown: number;
  /** Datagrams that are no reply. */
  malformed: number;
  /** ICMP port unreachable, as ECONNREFUSED. */
  refused: number;
}

/** All at 0. */
export function emptyClientStats(): UdpEchoClientStats {
  return {
    requests: 0,
    answered: 0,
    lost: 0,
    sent: 0,
    retries: 0,
    sendErrors: 0,
    received: 0,
    duplicates: 0,
    late: 0,
    unknown: 0,
    malformed: 0,
    refused: 0,
  };
}
