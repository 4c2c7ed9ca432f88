import { NetError } from "@tcpip-workshop/core/net-error";
import type { TcpState } from "../sockets/tcp-state.ts";
import { tcpTransitions, type TcpEvent, type TcpTransition } from "./transitions.ts";

/**
 * Where a connection in `state` goes when `event` happens, by {@link tcpTransitions}. Linux differs in two places: its
 * listeners stay LISTEN and give each SYN a socket of its own, and RST does not end TIME-WAIT where `tcp_rfc1337` is set.
 * @throws NetError `ARGUMENT_INVALID` for an event that the state has no arrow for
 */
export function nextState(state: TcpState, event: TcpEvent): TcpTransition {
  const transition = tcpTransitions.find((one) => one.from === state && one.event === event);
  if (transition !== undefined) return transition;
  const events = tcpTransitions.filter((one) => one.from === state).map((one) => one.event);
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected for ${state} one of: ${events.join(", ")}; got "${event}"`,
  );
}
