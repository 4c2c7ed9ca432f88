import { describe, expect, test } from "vitest";
import { hex } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { decodePacket } from "./decode-packet.ts";
import { decodeEthernet, encodeEthernet, EtherType } from "./ethernet.ts";
import { BROADCAST, formatMac, parseMac } from "./mac-address.ts";

const plain = hex("ff ff ff ff ff ff 02 00 5e 10 00 01 08 00 61 62");
const tagged = hex("ff ff ff ff ff ff 02 00 5e 10 00 01 81 00 b0 64 08 00 61 62");

describe("Ethernet", () => {
  test("has two addresses and a type, and the rest is payload", () => {
    const { header, payload } = decodeEthernet(plain);
    expect(header).toEqual({
      destination: BROADCAST,
      source: 0x02005e100001,
      tags: [],
      etherType: EtherType.IPV4,
    });
    expect(payload).toEqual(Uint8Array.of(0x61, 0x62));
  });

  test("takes a tag's priority, drop eligibility and VLAN from its three fields (IEEE 802.1Q §9.6)", () => {
    const { header, payload } = decodeEthernet(tagged);
    expect(header.tags).toEqual([{ tpid: 0x8100, priority: 5, dropEligible: true, vlanId: 100 }]);
    expect(header.etherType).toBe(EtherType.IPV4);
    expect(payload).toEqual(Uint8Array.of(0x61, 0x62));
  });

  test("reads two tags, and leaves a third as an EtherType that nobody knows", () => {
    const source = "02:00:5e:10:00:01";
    const tags = [{ tpid: EtherType.SERVICE_VLAN, vlanId: 7 }, { vlanId: 8 }];
    const two = encodeEthernet(
      { destination: BROADCAST, source, tags, etherType: 0x8100 },
      hex("00 09 08 00"),
    );
    const { header, payload } = decodeEthernet(two);
    expect(header.tags.map(({ vlanId }) => vlanId)).toEqual([7, 8]);
    expect(header.etherType).toBe(EtherType.VLAN);
    expect(payload).toEqual(hex("00 09 08 00"));
  });

  test("writes what it reads", () => {
    for (const frame of [plain, tagged]) {
      const { header, payload } = decodeEthernet(frame);
      expect(encodeEthernet(header, payload)).toEqual(frame);
    }
  });

  test("pads to the medium's 60 bytes when asked to", () => {
    const { header, payload } = decodeEthernet(tagged);
    const padded = encodeEthernet(header, payload, { pad: true });
    expect(padded.length).toBe(60);
    expect(padded.subarray(0, tagged.length)).toEqual(tagged);
    expect(padded.subarray(tagged.length).every((byte) => byte === 0)).toBe(true);
  });

  test("ends the payload where an IEEE 802.3 length says, and refuses one beyond the frame", () => {
    const sixOfNine = hex("01 80 c2 00 00 00 02 00 5e 10 00 01 00 06 42 42 03 00 00 00 00 00 00");
    expect(decodeEthernet(sixOfNine).payload).toEqual(hex("42 42 03 00 00 00"));
    expect(refusalOf(() => decodeEthernet(sixOfNine.subarray(0, 18)))).toEqual(["PACKET_TRUNCATED", 12]);
  });

  test("gives what there is of an IEEE 802.3 payload, when told that it is cut", () => {
    const sixOfNine = hex("01 80 c2 00 00 00 02 00 5e 10 00 01 00 06 42 42 03 00 00 00 aa bb cc");
    for (const end of [14, 18, 20, 23]) {
      const payload = sixOfNine.slice(14, Math.min(20, end));
      expect(decodeEthernet(sixOfNine.subarray(0, end), { cut: true }).payload).toEqual(payload);
      expect(decodePacket(sixOfNine.subarray(0, end), { cut: true })).toMatchObject({
        kind: "ethernet",
        payload,
      });
    }
  });

  test("refuses what is neither a length nor a type", () => {
    const between = hex("ff ff ff ff ff ff 02 00 5e 10 00 01 05 dd 61 62");
    expect(refusalOf(() => decodeEthernet(between))).toEqual(["PACKET_INVALID", 12]);
  });

  test("refuses a frame that ends in its header or in a tag, at the byte where that begins", () => {
    expect(refusalOf(() => decodeEthernet(plain.subarray(0, 13)))).toEqual(["PACKET_TRUNCATED", 0]);
    expect(refusalOf(() => decodeEthernet(tagged.subarray(0, 17)))).toEqual(["PACKET_TRUNCATED", 12]);
  });

  test("refuses to write numbers that do not fit", () => {
    const fields = { destination: BROADCAST, source: 1, etherType: EtherType.IPV4 };
    const encode = (more: object) => () => encodeEthernet({ ...fields, ...more }, new Uint8Array());
    expect(refusalOf(encode({ etherType: 0x10000 }))).toEqual(["ARGUMENT_INVALID", undefined]);
    expect(refusalOf(encode({ tags: [{ vlanId: 4096 }] }))).toEqual(["ARGUMENT_INVALID", undefined]);
    expect(refusalOf(encode({ tags: [{ vlanId: 1, priority: 8 }] }))).toEqual([
      "ARGUMENT_INVALID",
      undefined,
    ]);
    expect(refusalOf(encode({ source: 2 ** 48 }))).toEqual(["ARGUMENT_INVALID", undefined]);
    expect(refusalOf(encode({ source: "02-00-5e-10-00-01" }))).toEqual(["ADDRESS_INVALID", undefined]);
  });
});

describe("a MAC address", () => {
  test("is a number of 48 bits, spelled in lower-case pairs", () => {
    expect(parseMac("02:00:5E:10:00:01")).toBe(0x02005e100001);
    expect(formatMac(0x02005e100001)).toBe("02:00:5e:10:00:01");
    expect(formatMac(1)).toBe("00:00:00:00:00:01");
  });

  test.each([
    "",
    "02:00:5e:10:00",
    "2:0:5e:10:0:1",
    "02:00:5e:10:00:01 ",
    "02005e100001",
    "0g:00:00:00:00:00",
  ])("is not read from %j", (text) => {
    expect(refusalOf(() => parseMac(text))).toEqual(["ADDRESS_INVALID", undefined]);
  });
});
