import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { encodePcap } from "../pcap/index.ts";
import { frames } from "../testing/frames.ts";

const missing = spawnSync("tcpdump", ["--version"]).error !== undefined;

describe("tcpdump", () => {
  test.skipIf(missing)(
    "reads the frames that are encoded here as they were meant (skipped without tcpdump)",
    () => {
      expect(dumped("a SYN")).toMatch(
        /192\.0\.2\.1\.40000 > 192\.0\.2\.2\.7777: Flags \[S\], cksum 0x\w+ \(correct\), seq 4294967280, .*\[mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7\], length 0/,
      );
      expect(dumped("TCP data in a VLAN")).toMatch(
        /vlan 100, p 3, .*Flags \[P\.\], cksum 0x\w+ \(correct\).*length 300/s,
      );
      expect(dumped("UDP")).toMatch(/\[udp sum ok\]/);
      expect(dumped("a ping")).toMatch(/ICMP echo request, id 7, seq 8, length 11/);
      expect(dumped("fragmentation needed")).toMatch(/unreachable - need to frag \(mtu 1400\)/);
      expect(dumped("time exceeded")).toMatch(/ICMP time exceeded in-transit/);
      expect(dumped("IPv4 options")).toMatch(/options \(RA\)/);
      expect(dumped("a first fragment")).toMatch(/offset 0, flags \[\+\]/);
      expect(dumped("a last fragment")).toMatch(/offset 160, flags \[none\]/);
      expect(dumped("ARP")).toMatch(/Request who-has 192\.0\.2\.2 tell 192\.0\.2\.1/);
      expect(dumped("TCP over IPv6")).toMatch(/cksum 0x\w+ \(correct\)/);
      expect(dumped("UDP behind four extension headers")).toMatch(
        /HBH .*RT6 .*frag .*DSTOPT .*40000 > 7777: .*UDP, length 300/,
      );
      expect(dumped("an IPv6 ping")).toMatch(/\[icmp6 sum ok\] ICMP6, echo reply, id 7, seq 8/);
      expect(dumped("packet too big")).toMatch(/\[icmp6 sum ok\] ICMP6, packet too big, mtu 1280/);
    },
  );

  test.skipIf(missing)("finds no fault with any of them (skipped without tcpdump)", () => {
    // What an error quotes is cut, and so the TCP header in it.
    for (const name of Object.keys(frames))
      expect(dumped(name)).not.toMatch(/bad|incorrect|invalid|truncated|\[\|(?!tcp)/);
  });
});

function dumped(name: string): string {
  const capture = encodePcap([{ data: frames[name]!, timestamp: 0n }]);
  const { stdout } = spawnSync("tcpdump", ["-r", "-", "-nn", "-vv", "-e"], {
    input: capture,
    encoding: "utf8",
  });
  return stdout;
}
