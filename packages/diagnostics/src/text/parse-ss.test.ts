import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outcome, valueOrSourceInvalid } from "../testing/outcome.ts";
import { parseSs } from "./parse-ss.ts";

/** `ss -tuanoipe`, as iproute2 6.1 prints it. Addresses of RFC 5737 and RFC 3849. */
const everything = `Netid State      Recv-Q Send-Q                Local Address:Port       Peer Address:Port Process
nl    UNCONN     0      0                              rtnl:kernel                  *
u_str ESTAB      0      0             /run/systemd/journal/stdout 17841            * 17840
udp   UNCONN     0      0                   192.0.2.10%eth0:68              0.0.0.0:*    users:(("dhclient",pid=501,fd=6)) ino:8001 sk:1 cgroup:/
tcp   LISTEN     2      1                         127.0.0.1:8080            0.0.0.0:*    users:(("node",pid=77,fd=19),("node",pid=78,fd=19)) uid:1000 ino:9001 sk:2 cgroup:/ <->
	 cubic cwnd:10
tcp   LISTEN     0      511                               *:9090                  *:*    users:(("a timer:(on,1sec,9) ino:5 b",pid=79,fd=3)) ino:9002 sk:3 v6only:0 <->
tcp   ESTAB      0      36                       192.0.2.10:22         198.51.100.7:52345 timer:(on,204ms,0) uid:1000 ino:9003 sk:4 <->
	 ts sack cubic wscale:7,7 rto:204 rtt:3.5/1.75 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_sent:3000 bytes_retrans:36 bytes_acked:2929 bytes_received:1800 segs_out:20 segs_in:22 data_segs_out:15 data_segs_in:11 send 33.1Mbps lastsnd:4 lastrcv:8 lastack:8 pacing_rate 66.2Mbps delivery_rate 20Mbps delivered:15 app_limited busy:88ms unacked:1 retrans:1/3 rcv_space:14600 rcv_ssthresh:64088 minrtt:0.9 snd_wnd:64128
tcp   CLOSE-WAIT 1      0               [::ffff:192.0.2.10]:8080 [::ffff:198.51.100.8]:999 timer:(keepalive,1min3sec,2) ino:9004 sk:5
tcp   FIN-WAIT-1 0      49        [fe80::5054:ff:fe12:3456]%eth0:8080      [fe80::1]:51000 timer:(persist,9.373ms,4) ino:0 sk:6
tcp   TIME-WAIT  0      0                     [2001:db8::1]:443        [2001:db8::2]:51001 timer:(timewait,49sec,0) ino:0 sk:7
tcp   SYN-RECV   0      0                         127.0.0.1:8080          127.0.0.1:40000 timer:(on,9.501sec,1) ino:0 sk:8
`;

describe("parseSs", () => {
  const sockets = parseSs(everything);
  const [dhcp, listener, both, ssh, mapped, zoned, waiting, halfOpen] = sockets;

  test("reads TCP and UDP, and passes over other families and what is behind their rows", () => {
    expect(sockets.map(({ protocol, state }) => `${protocol} ${state}`)).toEqual([
      "udp UNCONN",
      "tcp LISTEN",
      "tcp LISTEN",
      "tcp ESTABLISHED",
      "tcp CLOSE-WAIT",
      "tcp FIN-WAIT-1",
      "tcp TIME-WAIT",
      "tcp SYN-RECEIVED",
    ]);
  });

  test("reads a listener's queue and backlog, its processes, uid and inode", () => {
    expect(listener).toEqual({
      protocol: "tcp",
      family: 4,
      state: "LISTEN",
      local: { address: "127.0.0.1", port: 8080 },
      remote: { address: "0.0.0.0", port: 0 },
      recvQ: 2,
      sendQ: 1,
      backlog: 1,
      pids: [77, 78],
      uid: 1000,
      inode: 9001,
      info: { congestion: "cubic", cwnd: 10 },
    });
  });

  test("takes nothing from the name of a process", () => {
    expect(both).toMatchObject({ pids: [79], inode: 9002 });
    expect(both).not.toHaveProperty("timer");
  });

  test("does not split IPv6 at its colons, and keeps zones and IPv4-mapped addresses", () => {
    expect(both).toMatchObject({
      family: 6,
      local: { address: "::", port: 9090 },
      remote: { address: "::", port: 0 },
    });
    expect(mapped).toMatchObject({ family: 6, local: { address: "::ffff:192.0.2.10", port: 8080 } });
    expect(zoned).toMatchObject({
      family: 6,
      local: { address: "fe80::5054:ff:fe12:3456%eth0", port: 8080 },
    });
    expect(waiting).toMatchObject({ family: 6, remote: { address: "2001:db8::2", port: 51_001 } });
    expect(dhcp).toMatchObject({ family: 4, local: { address: "192.0.2.10%eth0", port: 68 } });
  });

  test("reads the timers, also the `ms` that means seconds before iproute2 6.12", () => {
    expect([ssh, mapped, zoned, waiting, halfOpen].map((socket) => socket?.timer)).toEqual([
      { kind: "on", milliseconds: 204, retransmits: 0 },
      { kind: "keepalive", milliseconds: 63_000, retransmits: 2 },
      { kind: "persist", milliseconds: 9373, retransmits: 4 },
      { kind: "timewait", milliseconds: 49_000, retransmits: 0 },
      { kind: "on", milliseconds: 9501, retransmits: 1 },
    ]);
  });

  test("reads TCP_INFO from the line below", () => {
    expect(ssh).toHaveProperty("info", {
      congestion: "cubic",
      rto: 204,
      rtt: 3.5,
      rttvar: 1.75,
      minRtt: 0.9,
      ato: 40,
      mss: 1448,
      pmtu: 1500,
      rcvMss: 536,
      advMss: 1448,
      cwnd: 10,
      sndWnd: 64_128,
      bytesSent: 3000,
      bytesRetrans: 36,
      bytesAcked: 2929,
      bytesReceived: 1800,
      segsOut: 20,
      segsIn: 22,
      dataSegsOut: 15,
      dataSegsIn: 11,
      lastSnd: 4,
      lastRcv: 8,
      lastAck: 8,
      unacked: 1,
      retransNow: 1,
      retransTotal: 3,
    });
  });

  test("reads text without a header and without Netid, as TCP unless told otherwise", () => {
    const row = "UNCONN 0 0 127.0.0.1:53 0.0.0.0:*\n";
    expect(parseSs(row)).toMatchObject([{ protocol: "tcp", state: "CLOSED" }]);
    expect(parseSs(row, { protocol: "udp" })).toMatchObject([{ protocol: "udp", state: "UNCONN" }]);
  });

  test("reads the addresses of versions before 4.17", () => {
    expect(parseSs("LISTEN 0 128 :::22 :::*")).toMatchObject([
      { family: 6, local: { address: "::", port: 22 } },
    ]);
  });

  test.each([
    "timer:(on,1min,0)",
    "timer:(on,1min3sec,0)",
    "timer:(on,12min,0)",
    "timer:(on,9sec,0)",
    "timer:(on,040ms,0)",
  ])("reads %s", (timer) => {
    const milliseconds = { "1min": 60_000, "1min3sec": 63_000, "12min": 720_000, "9sec": 9000, "040ms": 40 };
    const [, text] = /,(\w+),/.exec(timer)!;
    expect(parseSs(`ESTAB 0 0 127.0.0.1:1 127.0.0.1:2 ${timer}`)[0]?.timer?.milliseconds).toBe(
      milliseconds[text as keyof typeof milliseconds],
    );
  });

  test("has nothing to say of empty text, or of a header alone", () => {
    expect(parseSs("")).toEqual([]);
    expect(parseSs("State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n")).toEqual([]);
  });

  test.each([
    ["text of something else", "hello, world"],
    ["names for ports, which `ss` without -n prints", "ESTAB 0 0 127.0.0.1:http 127.0.0.1:2"],
    ["a port out of range", "ESTAB 0 0 127.0.0.1:65536 127.0.0.1:2"],
    ["a state of nobody's", "SLEEPING 0 0 127.0.0.1:1 127.0.0.1:2"],
    ["queues that are no numbers", "ESTAB x 0 127.0.0.1:1 127.0.0.1:2"],
    ["a line cut short", "ESTAB 0 0 127.0.0.1:1"],
  ])("refuses %s with SOURCE_INVALID", (_, text) => {
    expect(() => parseSs(text)).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
  });

  test("answers any text with sockets or SOURCE_INVALID", () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom(...everything.split(/[ \n]+/), "\t", "\n"));
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 40 }), (cells) => {
        expect(valueOrSourceInvalid).toContain(outcome(() => parseSs(cells.join(" "))));
      }),
    );
  });

  test("needs no more time for a hostile line than for a good one of its length, tenfold", () => {
    const cost = (text: string) => {
      const before = process.cpuUsage();
      parseSs(text);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const row = "ESTAB 0 0 127.0.0.1:1 127.0.0.1:2 ";
    const length = 200_000;
    const good = cost(`${row}${"rto:204 ".repeat(length / 8)}`);
    for (const word of ["users:((", "timer:(on,1", '",pid=1', "ino:", "1min", "9."]) {
      expect(cost(row + word.repeat(length / word.length))).toBeLessThan(10 * good + 500_000);
    }
  });
});
