import type { Link } from "./narrow-path.ts";

/** A link with ICMP. */
export function tells(mtu: number): Link {
  return { mtu, answers: true };
}

/** A link without. */
export function silent(mtu: number): Link {
  return { mtu, answers: false };
}

/** What a link takes, in words. */
export function linkText({ mtu, answers }: Link): string {
  return `${mtu}${answers ? " (ICMP)" : " (silent)"}`;
}
