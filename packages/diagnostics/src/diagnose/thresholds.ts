/** From how many sockets (or bytes) on a thing is worth a finding. */
export interface Thresholds {
  /** TIME-WAIT is how TCP ends; it is worth a word only where there are this many. */
  timeWait: number;
  closeWait: number;
  finWait1: number;
  finWait2: number;
  closing: number;
  lastAck: number;
  /** SYN-SENT whose SYN has been sent again, or whose timer the source does not tell. */
  synSent: number;
  synReceived: number;
  /** Bytes in one established socket's Recv-Q … */
  unreadBytes: number;
  /** … or so many established sockets with any. */
  unreadSockets: number;
  /** Bytes in one established socket's Send-Q, with no timer that tells more. */
  unackedBytes: number;
  /** Part of the ephemeral ports in use towards one destination, 0–1. */
  ephemeralShare: number;
}

export const defaultThresholds: Thresholds = {
  timeWait: 1000,
  closeWait: 1,
  finWait1: 10,
  finWait2: 10,
  closing: 10,
  lastAck: 10,
  synSent: 1,
  synReceived: 10,
  unreadBytes: 4096,
  unreadSockets: 10,
  unackedBytes: 65_536,
  ephemeralShare: 0.8,
};
