import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { addBacklogs } from "../command/backlogs.ts";
import { readSockets } from "../sockets/read-sockets.ts";
import { fill, frozenListener, pair, stateOf } from "../testing/stage.ts";
import { hasProc, hasSs } from "../testing/tools.ts";
import { parseSs } from "../text/parse-ss.ts";
import { diagnose, type DiagnoseOptions } from "./diagnose.ts";
import { defaultEphemeralPorts, readEphemeralPorts } from "./ephemeral-ports.ts";
import type { FindingCode } from "./finding.ts";

/** `count` rows as `ss -tano` prints them, each from another port of ours to the same service. */
function rows(count: number, state: string, rest = "", queues = "0 0"): string {
  return Array.from(
    { length: count },
    (_, index) => `${state} ${queues} 192.0.2.1:${33_000 + index} 198.51.100.7:443 ${rest}`,
  ).join("\n");
}

function findings(text: string, options?: DiagnoseOptions) {
  return diagnose(parseSs(text), options);
}

const incidents: [string, FindingCode, string, string][] = [
  ["CLOSE-WAIT", "CLOSE_WAIT", "ours", rows(1, "CLOSE-WAIT")],
  ["many FIN-WAIT-2", "FIN_WAIT_2", "peer", rows(10, "FIN-WAIT-2")],
  ["many FIN-WAIT-1", "FIN_WAIT_1", "peer or network", rows(10, "FIN-WAIT-1", "timer:(on,1sec,0)", "0 1")],
  ["many CLOSING", "CLOSING", "network", rows(10, "CLOSING")],
  ["many LAST-ACK", "LAST_ACK", "peer or network", rows(10, "LAST-ACK")],
  ["very many TIME-WAIT", "TIME_WAIT_MANY", "ours", rows(1000, "TIME-WAIT")],
  ["SYN-SENT without timer", "SYN_SENT", "peer or network", rows(1, "SYN-SENT", "", "0 1")],
  ["SYN-SENT sent again", "SYN_SENT", "peer or network", rows(1, "SYN-SENT", "timer:(on,1sec,1)", "0 1")],
  ["many SYN-RECV", "SYN_RECEIVED", "network", rows(10, "SYN-RECV")],
  ["Recv-Q past a listener's backlog", "ACCEPT_QUEUE_FULL", "ours", "LISTEN 2 1 127.0.0.1:80 0.0.0.0:*"],
  ["Recv-Q of a listener", "ACCEPT_QUEUE_WAITING", "ours", "LISTEN 1 1 127.0.0.1:80 0.0.0.0:*"],
  ["much unread data", "NOT_READING", "ours", rows(1, "ESTAB", "", "4096 0")],
  ["unread data on many connections", "NOT_READING", "ours", rows(10, "ESTAB", "", "18 0")],
  ["a closed window", "ZERO_WINDOW", "peer", rows(1, "ESTAB", "timer:(persist,1sec,2)", "0 9000")],
  [
    "a segment sent again",
    "RETRANSMITTING",
    "peer or network",
    rows(1, "ESTAB", "timer:(on,1sec,3)", "0 100"),
  ],
  ["much unacknowledged data", "PEER_NOT_ACKNOWLEDGING", "peer or network", rows(1, "ESTAB", "", "0 70000")],
  [
    "unanswered probes",
    "KEEPALIVE_UNANSWERED",
    "peer or network",
    rows(1, "ESTAB", "timer:(keepalive,1sec,2)"),
  ],
];

describe("diagnose", () => {
  test.each(incidents)("finds %s: %s, side %s", (_, code, side, text) => {
    const found = findings(text).find((finding) => finding.code === code);
    expect(found).toMatchObject({ code, side });
    expect(found?.count).toBeGreaterThan(0);
    expect(found?.cause).not.toBe("");
    for (const part of [found?.evidence, found?.next, found?.notConcluded])
      expect(part?.length).toBeGreaterThan(0);
  });

  test("says healthy where nothing is amiss, and of an empty table", () => {
    const text = `LISTEN 0 511 *:80 *:*\n${rows(50, "ESTAB")}\n${rows(20, "TIME-WAIT")}`;
    expect(findings(text)).toMatchObject([
      { code: "HEALTHY", side: "nobody", evidence: ["1 LISTEN", "50 ESTAB", "20 TIME-WAIT"] },
    ]);
    expect(findings("")).toMatchObject([{ code: "HEALTHY", count: 0 }]);
  });

  test("does not call TIME-WAIT a leak, nor CLOSE-WAIT the peer's fault, nor SYN-SENT a stopped process", () => {
    const [timeWait] = findings(rows(1000, "TIME-WAIT"));
    expect(timeWait?.severity).toBe("info");
    expect(timeWait?.notConcluded.join()).toContain("leak");
    expect(findings(rows(1, "CLOSE-WAIT"))[0]?.notConcluded.join()).toContain("fault of the peer's");
    expect(findings(rows(1, "SYN-SENT"))[0]?.notConcluded.join()).toContain("ECONNREFUSED");
  });

  test("passes over a first SYN that is on its way, and over a transfer that moves", () => {
    expect(findings(rows(1, "SYN-SENT", "timer:(on,900ms,0)", "0 1"))).toMatchObject([{ code: "HEALTHY" }]);
    expect(findings(rows(3, "ESTAB", "timer:(on,200ms,0)", "100 20000"))).toMatchObject([
      { code: "HEALTHY" },
    ]);
  });

  test("takes thresholds", () => {
    expect(findings(rows(5, "CLOSE-WAIT"), { thresholds: { closeWait: 6 } })).toMatchObject([
      { code: "HEALTHY" },
    ]);
    expect(findings(rows(5, "TIME-WAIT"), { thresholds: { timeWait: 5 } })).toMatchObject([
      { code: "TIME_WAIT_MANY", count: 5 },
    ]);
  });

  test("counts ephemeral ports by destination, TIME-WAIT too, and leaves out what our listeners accepted", () => {
    const ephemeralPorts = { first: 33_000, last: 33_099 };
    const text = `${rows(60, "ESTAB")}\n${rows(80, "TIME-WAIT").split("\n").slice(60).join("\n")}`;
    expect(findings(text, { ephemeralPorts })).toMatchObject([
      { code: "EPHEMERAL_PORTS", count: 80, side: "ours" },
    ]);
    expect(findings(text.split("\n").slice(1).join("\n"), { ephemeralPorts })).toMatchObject([
      { code: "HEALTHY" },
    ]);
    const accepted = Array.from(
      { length: 90 },
      (_, index) => `ESTAB 0 0 192.0.2.1:33001 198.51.100.7:${40_000 + index}`,
    );
    expect(findings(`LISTEN 0 9 *:33001 *:*\n${accepted.join("\n")}`, { ephemeralPorts })).toMatchObject([
      { code: "HEALTHY" },
    ]);
    expect(defaultEphemeralPorts.last - defaultEphemeralPorts.first + 1).toBe(28_232);
  });

  test("puts the worst first, and says which service it is about", () => {
    const text = `LISTEN 0 511 *:80 *:*\n${rows(1000, "TIME-WAIT")}\nCLOSE-WAIT 1 0 192.0.2.1:80 203.0.113.9:999`;
    const all = findings(text);
    expect(all.map(({ severity }) => severity)).toEqual(["critical", "info"]);
    expect(all[0]?.evidence[0]).toBe("1 on our port 80");
    expect(all[1]?.evidence[0]).toBe("1000 to 198.51.100.7 port 443");
  });
});

describe.skipIf(!hasProc)("diagnose on this machine (needs /proc/net/tcp)", () => {
  const codes = (port: number) => diagnose(readSockets({ port })).map(({ code }) => code);

  test("says healthy of an idle connection", async () => {
    await using staged = await pair();
    expect(codes(staged.port)).toEqual(["HEALTHY"]);
  });

  test("finds a connection that the peer has closed and we have not", async () => {
    await using staged = await pair();
    staged.client.end();
    await stateOf(staged.port, "server", "CLOSE-WAIT");
    expect(codes(staged.port)).toEqual(["CLOSE_WAIT"]);
  });

  test("finds who does not read, at both ends", async () => {
    await using staged = await pair();
    await fill(staged.client, staged.port, "client");
    expect(codes(staged.port)).toEqual(["NOT_READING", "ZERO_WINDOW"]);
  });

  test.skipIf(!hasSs)("finds a full accept queue, by the backlog that ss tells (needs ss)", async () => {
    await using frozen = await frozenListener(1);
    const dialled = Array.from({ length: 3 }, () => connect(frozen.port, "127.0.0.1").on("error", () => {}));
    try {
      await stateOf(frozen.port, "client", "SYN-SENT");
      const sockets = readSockets({ port: frozen.port });
      expect(diagnose(sockets).map(({ code }) => code)).toContain("ACCEPT_QUEUE_WAITING");
      addBacklogs(sockets);
      expect(diagnose(sockets).map(({ code }) => code)).toContain("ACCEPT_QUEUE_FULL");
    } finally {
      for (const socket of dialled) socket.destroy();
    }
  });

  test("reads which ports the kernel gives out", () => {
    const { first, last } = readEphemeralPorts();
    expect(first).toBeGreaterThan(0);
    expect(last).toBeGreaterThanOrEqual(first);
    expect(last).toBeLessThanOrEqual(65_535);
  });
});
