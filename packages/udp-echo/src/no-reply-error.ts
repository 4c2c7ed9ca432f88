import { NetError } from "@tcpip-workshop/core/net-error";

/** `NO_REPLY`, and how hard it was tried. `cause` is the last refusal, if any was heard on the way. */
export class NoReplyError extends NetError {
  /** Datagrams sent for this request; 0 when it waited in line until its time-out. */
  readonly attempts: number;

  constructor(totalTimeout: number, attempts: number, options?: ErrorOptions) {
    const datagrams = `${attempts} datagram${attempts === 1 ? "" : "s"}`;
    super("NO_REPLY", `Expected a reply within ${totalTimeout} ms, got none to ${datagrams}`, options);
    this.attempts = attempts;
  }
}
