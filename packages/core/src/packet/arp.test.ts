import { describe, expect, test } from "vitest";
import { parseAddress } from "../cidr/address.ts";
import { hex, withByte } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { ArpOperation, decodeArp, encodeArp } from "./arp.ts";

const reply = hex("0001 0800 06 04 0002 02005e100001 c0000201 02005e100002 c0000202");

describe("ARP", () => {
  test("says who has which address", () => {
    expect(decodeArp(reply).header).toEqual({
      kind: "arp",
      operation: ArpOperation.REPLY,
      senderHardwareAddress: 0x02005e100001,
      senderProtocolAddress: parseAddress("192.0.2.1"),
      targetHardwareAddress: 0x02005e100002,
      targetProtocolAddress: parseAddress("192.0.2.2"),
    });
    expect(encodeArp(decodeArp(reply).header)).toEqual(reply);
  });

  test("asks with a hardware address of zeros", () => {
    const request = encodeArp({
      operation: ArpOperation.REQUEST,
      senderHardwareAddress: "02:00:5e:10:00:01",
      senderProtocolAddress: "192.0.2.1",
      targetProtocolAddress: "192.0.2.2",
    });
    expect(request.subarray(18, 24)).toEqual(new Uint8Array(6));
  });

  test.each([
    ["other hardware", withByte(reply, 1, 6), ["PACKET_INVALID", 0]],
    ["another protocol", withByte(reply, 2, 9), ["PACKET_INVALID", 2]],
    ["addresses of other lengths", withByte(reply, 5, 16), ["PACKET_INVALID", 4]],
    ["a message that is not whole", reply.subarray(0, 27), ["PACKET_TRUNCATED", 0]],
  ])("refuses %s", (_, message, refusal) => {
    expect(refusalOf(() => decodeArp(message))).toEqual(refusal);
  });
});
