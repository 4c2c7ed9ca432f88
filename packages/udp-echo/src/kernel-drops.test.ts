import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readCounters } from "@tcpip-workshop/diagnostics";
import { describe, expect, test } from "vitest";
import { KernelDropCounter, rcvbufErrorsOf, socketDrops } from "./kernel-drops.ts";
import { eventually } from "./testing/eventually.ts";

const noProc = !existsSync("/proc/net/udp");

const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000 908
  101: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 12346 2 0000000000000000 5
  102: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12347 2 0000000000000000 0
`;

const SNMP = `Ip: Forwarding DefaultTTL
Ip: 1 64
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors
Udp: 5000 3 908 5911 908 0
UdpLite: InDatagrams RcvbufErrors
UdpLite: 0 77
`;

describe("socketDrops", () => {
  test("reads the last column of the socket on that port, and of no connected one", () => {
    expect(socketDrops(UDP, 8080)).toEqual([908]);
    expect(socketDrops(UDP, 0x44)).toEqual([0]);
    expect(socketDrops(UDP, 9)).toEqual([]);
    expect(socketDrops("", 9)).toEqual([]);
  });
});

describe("rcvbufErrorsOf", () => {
  test("finds the value under its name, in Udp and not in UdpLite", () => {
    expect(rcvbufErrorsOf(SNMP)).toBe(908);
    expect(rcvbufErrorsOf("")).toBeUndefined();
  });
});

describe("KernelDropCounter", () => {
  test.skipIf(noProc)(
    "counts what a full receive buffer dropped (skipped without /proc/net/udp)",
    async () => {
      const sender = createSocket("udp4");
      const receiver = createSocket({ type: "udp4", recvBufferSize: 4096 });
      receiver.bind(0, "127.0.0.1");
      await once(receiver, "listening");
      const counter = await KernelDropCounter.start(receiver.address().port);
      let read = 0;
      receiver.on("message", () => read++);
      sender.connect(receiver.address().port, "127.0.0.1");
      await once(sender, "connect");
      // all in one turn of the event loop: the receiver cannot read in between
      const sent = 200;
      const last = Promise.withResolvers<void>();
      for (let left = sent; left > 0; left--) {
        sender.send(new Uint8Array(1000), (error) => {
          if (error) last.reject(error);
          else if (left === 1) last.resolve();
        });
      }
      await last.promise;
      await eventually(async () => read + ((await counter.read())?.socketDrops ?? 0), sent);
      const drops = await counter.read();
      expect(drops?.socketDrops).toBeGreaterThan(0);
      expect(drops?.rcvbufErrors).toBeGreaterThanOrEqual(drops!.socketDrops);
      const sinceBoot = readCounters().get("Udp.RcvbufErrors") ?? 0;
      const later = await KernelDropCounter.start(receiver.address().port);
      expect((await later.read())?.rcvbufErrors).toBeLessThan(sinceBoot);
      sender.close();
      receiver.close();
    },
  );
});
