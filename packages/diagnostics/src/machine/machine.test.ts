import { describe, expect, test } from "vitest";
import { tcpStates, type TcpState } from "../sockets/tcp-state.ts";
import { nextState } from "./next-state.ts";
import { tcpTransitions, type TcpEvent } from "./transitions.ts";

/** The states a connection goes through, from CLOSED. */
function walk(...events: TcpEvent[]): TcpState[] {
  let state: TcpState = "CLOSED";
  return events.map((event) => (state = nextState(state, event).to));
}

describe("tcpTransitions", () => {
  test("goes to one place only from a state by an event", () => {
    const keys = tcpTransitions.map(({ from, event }) => `${from} ${event}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("reaches each of the eleven states from CLOSED, and CLOSED from each", () => {
    expect(reachable("CLOSED", ({ from, to }) => [from, to])).toEqual(new Set(tcpStates));
    expect(reachable("CLOSED", ({ from, to }) => [to, from])).toEqual(new Set(tcpStates));
  });

  test("names a source for every arrow", () => {
    expect(tcpTransitions.filter(({ source }) => !/Figure|§/.test(source))).toEqual([]);
  });

  test("leaves CLOSE-WAIT only by our own doing, or by a reset: no timer does", () => {
    const events = tcpTransitions.filter(({ from }) => from === "CLOSE-WAIT").map(({ event }) => event);
    expect(new Set(events)).toEqual(new Set(["CLOSE", "ABORT", "rcv RST"]));
  });
});

describe("nextState", () => {
  test("opens actively and passively (RFC 9293 Figure 6)", () => {
    expect(walk("active OPEN", "rcv SYN,ACK")).toEqual(["SYN-SENT", "ESTABLISHED"]);
    expect(walk("passive OPEN", "rcv SYN", "rcv ACK of SYN")).toEqual([
      "LISTEN",
      "SYN-RECEIVED",
      "ESTABLISHED",
    ]);
  });

  test("opens simultaneously (Figure 7)", () => {
    expect(walk("active OPEN", "rcv SYN", "rcv SYN,ACK")).toEqual([
      "SYN-SENT",
      "SYN-RECEIVED",
      "ESTABLISHED",
    ]);
  });

  test("closes first, and ends in TIME-WAIT (Figure 12)", () => {
    expect(
      walk("active OPEN", "rcv SYN,ACK", "CLOSE", "rcv ACK of FIN", "rcv FIN", "timeout=2MSL").slice(2),
    ).toEqual(["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED"]);
  });

  test("closes second, without TIME-WAIT", () => {
    expect(walk("active OPEN", "rcv SYN,ACK", "rcv FIN", "CLOSE", "rcv ACK of FIN").slice(2)).toEqual([
      "CLOSE-WAIT",
      "LAST-ACK",
      "CLOSED",
    ]);
  });

  test("closes simultaneously (Figure 13), and in one segment (Figure 5 note 2)", () => {
    const open: TcpEvent[] = ["active OPEN", "rcv SYN,ACK", "CLOSE"];
    expect(walk(...open, "rcv FIN", "rcv ACK of FIN").slice(3)).toEqual(["CLOSING", "TIME-WAIT"]);
    expect(walk(...open, "rcv FIN,ACK of FIN").slice(3)).toEqual(["TIME-WAIT"]);
  });

  const events = [...new Set(tcpTransitions.map(({ event }) => event))];
  const refused = tcpStates.flatMap((state) =>
    events
      .filter((event) => !tcpTransitions.some((one) => one.from === state && one.event === event))
      .map((event): [TcpState, TcpEvent] => [state, event]),
  );

  test.each(refused)("refuses in %s the event %s", (state, event) => {
    expect(() => nextState(state, event)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });
});

function reachable(
  start: TcpState,
  arrow: (one: { from: TcpState; to: TcpState }) => [TcpState, TcpState],
): Set<TcpState> {
  const reached = new Set([start]);
  for (const state of reached) {
    for (const [from, to] of tcpTransitions.map(arrow)) if (from === state) reached.add(to);
  }
  return reached;
}
