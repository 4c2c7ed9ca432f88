import { spawnSync } from "node:child_process";
import { encodePcap } from "@tcpip-workshop/core/pcap";
import type { TimelineSource } from "@tcpip-workshop/grader/suite";

/** The folders of PATH, and where it is installed for root only. */
const names = ["tcpdump", "/usr/sbin/tcpdump", "/usr/bin/tcpdump"];

/** What the real tcpdump says of frames; a file is read without any privilege. */
export interface Reading extends TimelineSource {
  /** One text a frame; nothing where there is no tcpdump. */
  frames: string[] | undefined;
}

export function readByTcpdump(frames: Uint8Array[]): Reading {
  const capture = encodePcap(frames.map((data) => ({ timestamp: 0n, data })));
  const said = names.map((name) => run(name, capture)).find((output) => output !== undefined);
  // The second line of a frame is indented.
  const texts = said?.split(/\n(?=\S)/).map((lines) => lines.replace(/\s+/g, " ").trim());
  return {
    frames: texts,
    timeline: () => texts?.flatMap(lines) ?? ["tcpdump is not installed here: only the suite has read them"],
  };
}

/** What tcpdump finds wrong with a frame, or an empty text. */
export function complaints(said: string): string {
  return (
    said.match(/bad [a-z ]*cksum [^!)]*|invalid|truncated|\[\|[a-z0-9]+\]|bad [a-z]+ len/gi)?.join(", ") ?? ""
  );
}

/** Addresses, ports and what UDP says; on a line of its own what is wrong, so that none is too long. */
function lines(said: string, index: number): string[] {
  const [, headers = "", datagram = said] = /^(.*\)) (\d+\.\d.*)$/.exec(said) ?? [];
  const [bad, badHeader] = [complaints(datagram), complaints(headers)];
  const sound = bad === "" ? datagram : datagram.replace(/\[bad [^\]]*\] /, "");
  return [
    `${index + 1}: ${sound}`,
    ...(bad === "" ? [] : [`    ${bad}`]),
    ...(badHeader === "" ? [] : [`    IPv4: ${badHeader}`]),
  ];
}

function run(name: string, capture: Uint8Array): string | undefined {
  const arguments_ = ["-r", "-", "-nn", "-vv", "-e", "-t"];
  const { status, stdout } = spawnSync(name, arguments_, {
    input: capture,
    encoding: "utf8",
    timeout: 10_000,
  });
  return status === 0 ? stdout : undefined;
}
