export { nextState } from "./next-state.ts";
export { tcpTransitions } from "./transitions.ts";
export type { TcpEvent, TcpTransition } from "./transitions.ts";
