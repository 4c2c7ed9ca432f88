/**
 * What the kernel knows of one connection (TCP_INFO, tcp(7)), as `ss -ti` prints it. `ss` leaves out what is zero, so an
 * absent count is 0. Times are milliseconds, as there.
 */
export interface TcpInfo {
  /** Congestion control: `cubic`, `bbr`. */
  congestion?: string;
  /** Retransmission time-out now, back-off included. */
  rto?: number;
  /** How many times the time-out has been doubled. */
  backoff?: number;
  /** Smoothed round-trip time (RFC 6298). */
  rtt?: number;
  rttvar?: number;
  /** Lowest round-trip time seen. */
  minRtt?: number;
  /** Delayed-acknowledgement time-out. */
  ato?: number;
  mss?: number;
  pmtu?: number;
  rcvMss?: number;
  advMss?: number;
  /** Congestion window, in segments. */
  cwnd?: number;
  ssthresh?: number;
  /** The peer's receive window: 0 when it has no room, and then `ss` prints nothing. */
  sndWnd?: number;
  rcvWnd?: number;
  bytesSent?: number;
  bytesRetrans?: number;
  bytesAcked?: number;
  bytesReceived?: number;
  /** Segments, those without data too. */
  segsOut?: number;
  segsIn?: number;
  dataSegsOut?: number;
  dataSegsIn?: number;
  /** Since the last segment with data was sent, or received, or the last acknowledgement came. */
  lastSnd?: number;
  lastRcv?: number;
  lastAck?: number;
  unacked?: number;
  /** Retransmitted and not acknowledged yet. */
  retransNow?: number;
  /** Retransmitted in the connection's life. */
  retransTotal?: number;
  lost?: number;
  sacked?: number;
  notSent?: number;
}

/** The `name:value` words of an `ss -ti` line; words we have no field for are passed over. Undefined where none is known. */
export function parseTcpInfo(line: string): TcpInfo | undefined {
  const info: TcpInfo = {};
  for (const word of line.split(/\s+/)) {
    const colon = word.indexOf(":");
    if (colon < 0) {
      // The congestion control is the only word of its own that is no flag.
      if (/^[a-z][a-z0-9_-]*$/.test(word) && !FLAGS.has(word) && !LABELS.has(word)) info.congestion ??= word;
      continue;
    }
    const fields = FIELDS.get(word.slice(0, colon));
    const values = word.slice(colon + 1).split("/");
    for (const [index, field] of (fields ?? []).entries()) {
      const value = Number.parseFloat(values[index] ?? "");
      if (Number.isFinite(value)) info[field] = value;
    }
  }
  return Object.keys(info).length === 0 ? undefined : info;
}

type NumberField = Exclude<keyof TcpInfo, "congestion">;

const FIELDS = new Map<string, NumberField[]>([
  ["rto", ["rto"]],
  ["backoff", ["backoff"]],
  ["rtt", ["rtt", "rttvar"]],
  ["minrtt", ["minRtt"]],
  ["ato", ["ato"]],
  ["mss", ["mss"]],
  ["pmtu", ["pmtu"]],
  ["rcvmss", ["rcvMss"]],
  ["advmss", ["advMss"]],
  ["cwnd", ["cwnd"]],
  ["ssthresh", ["ssthresh"]],
  ["snd_wnd", ["sndWnd"]],
  ["rcv_wnd", ["rcvWnd"]],
  ["bytes_sent", ["bytesSent"]],
  ["bytes_retrans", ["bytesRetrans"]],
  ["bytes_acked", ["bytesAcked"]],
  ["bytes_received", ["bytesReceived"]],
  ["segs_out", ["segsOut"]],
  ["segs_in", ["segsIn"]],
  ["data_segs_out", ["dataSegsOut"]],
  ["data_segs_in", ["dataSegsIn"]],
  ["lastsnd", ["lastSnd"]],
  ["lastrcv", ["lastRcv"]],
  ["lastack", ["lastAck"]],
  ["unacked", ["unacked"]],
  ["retrans", ["retransNow", "retransTotal"]],
  ["lost", ["lost"]],
  ["sacked", ["sacked"]],
  ["notsent", ["notSent"]],
]);
const FLAGS = new Set(["ts", "sack", "ecn", "ecnseen", "fastopen", "fastopen_child", "bidir", "app_limited"]);
/** `send 17Mbps`: the value is the next word. */
const LABELS = new Set(["send", "pacing_rate", "delivery_rate", "max_pacing_rate"]);
