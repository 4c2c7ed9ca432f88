/** What a server counted since it began. Every datagram that came is in exactly one of the rows that "of these" begins. */
export interface UdpEchoServerStats {
  /** Datagrams that came, and their bytes. */
  received: number;
  receivedBytes: number;
  /** Of these, echoed as they came (mode `echo`). */
  echoed: number;
  /** Of these, requests that were new, and run. */
  executed: number;
  /** Of these, requests seen before: answered from the window, or still running. */
  duplicates: number;
  /** Of these, not a request at all. Never answered. */
  malformed: number;
  /** Of these, longer than `maxDatagramLength`. Never answered. */
  oversized: number;
  /** Of these, from a port that is not to be answered. */
  reflected: number;
  /** Of these, new requests while `maxRunning` were running. */
  overloaded: number;
  /** Of these, come while it drained. */
  afterDrain: number;
  /** Datagrams sent, and their bytes. */
  sent: number;
  sentBytes: number;
  /** Sends that the system refused, and replies dropped for a full queue. */
  sendErrors: number;
  /** Handlers that threw, took too long, or whose reply was too long to send. */
  failed: number;
  /** Remembered replies that had to go before their time: if not 0, a retry may have been run again. */
  evicted: number;
}

/** All at 0. */
export function emptyServerStats(): UdpEchoServerStats {
  return {
    received: 0,
    receivedBytes: 0,
    echoed: 0,
    executed: 0,
    duplicates: 0,
    malformed: 0,
    oversized: 0,
    reflected: 0,
    overloaded: 0,
    afterDrain: 0,
    sent: 0,
    sentBytes: 0,
    sendErrors: 0,
    failed: 0,
    evicted: 0,
  };
}
