import { describe, expect, test } from "vitest";
import { readTimeline } from "./read-timeline.ts";
import { wireViews } from "./wire-view.ts";

const views = (...lines: string[]): ReturnType<typeof wireViews> => wireViews(readTimeline(lines));

describe("a relay between two ends", () => {
  const [view] = views(
    "     0.1 ms            client's port 4000, server sees port 4001",
    "     1.2 ms  #1  → server  datagram 1, 9 bytes, dropped",
    "    21.0 ms  #1  → server  datagram 2, 9 bytes, sent twice",
    "    22.0 ms  #1  → client  datagram 1, 9 bytes, delayed by 40 ms",
    "… 3 more …",
    "    23.5 ms  #2  → client  FIN",
    "    24.5 ms  #2  → server  cut at byte 4097, RST",
  );

  test("stands between client and server, and its arrows go the way of the bytes", () => {
    expect(view).toMatchObject({ name: "", left: "client", right: "server" });
    expect(view?.events.map(({ way }) => way)).toEqual([
      "none",
      "right",
      "right",
      "left",
      "more",
      "left",
      "right",
    ]);
  });

  test("says what became of each", () => {
    expect(view?.events.map(({ mark }) => mark)).toEqual([
      "note",
      "lost",
      "double",
      "late",
      "note",
      "fin",
      "rst",
    ]);
    expect(view?.events[1]).toMatchObject({
      at: 1.2,
      connection: "#1",
      what: "datagram 1, 9 bytes, dropped",
    });
  });
});

test("a client that tells of itself stands at the left, your code at the right", () => {
  const [view] = views(
    "the slow client:",
    "     0.4 ms              connected from port 44796 to 41211",
    "     0.5 ms              sends 2010 bytes",
    "     0.9 ms              21 bytes came",
    "     1.0 ms              FIN came",
    "     1.1 ms              stops reading",
  );
  expect(view).toMatchObject({ name: "the slow client", left: "the slow client", right: "your code" });
  expect(view?.events.map(({ way }) => way)).toEqual(["right", "right", "left", "left", "none"]);
});

test("a server that tells of itself stands at the right, your code at the left", () => {
  const [view] = views(
    "the server, played by the test:",
    "    68.3 ms  #2  36 bytes arrive",
    "    68.5 ms  #2  45 bytes sent by the test",
  );
  expect(view).toMatchObject({ left: "your code", right: "the server" });
  expect(view?.events.map(({ way }) => way)).toEqual(["right", "left"]);
});

test("a tap tells who ended a connection", () => {
  const [view] = views(
    "a server that answers:",
    "    14.7 ms  #1            accepted from port 57082",
    "    15.0 ms  #1            FIN by client",
    "    15.0 ms  #1            RST by server",
    "    15.1 ms  #1            closed: 5 bytes in, 5 out",
  );
  expect(view?.events.map(({ way, mark }) => `${way} ${mark}`)).toEqual([
    "right data",
    "right fin",
    "left rst",
    "none note",
  ]);
});

test("datagrams and packets without a clock are arrows too", () => {
  expect(
    views('client 1 → :49426  01 68 "h"', "client 2 ← :49426  01", "client → :49426 ")[0]?.events,
  ).toMatchObject([
    { at: null, connection: "client 1", way: "right", what: '01 68 "h"' },
    { at: null, connection: "client 2", way: "left", what: "01" },
    { at: null, way: "right", what: "no bytes" },
  ]);
  expect(views("packet 1, 1280 bytes, probe: lost, whatever its size")[0]?.events).toMatchObject([
    { way: "right", mark: "lost" },
  ]);
});

test("an exchange is a request and its reply, or none", () => {
  const [view] = views("connection 1: GET /0 → 200", "connection 2: GET /price → held");
  expect(view?.events.map(({ way, what }) => `${way} ${what}`)).toEqual([
    "right GET /0",
    "left 200",
    "right GET /price",
    "none held",
  ]);
});

test("what goes nowhere is not drawn: it stays text", () => {
  expect(views("tcpdump says of your twelve frames:", "IP 10.0.0.1 > 10.0.0.2: UDP, length 5")).toEqual([]);
  expect(views()).toEqual([]);
});
