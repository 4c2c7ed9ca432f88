import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface Refusal {
  status: 403 | 421;
  reason: string;
}

/**
 * Why this request is not answered; nothing for one of the page's own. The server listens on loopback, yet whoever is
 * logged in on this machine reaches it, and so does every web page that this browser has open. So the address has a secret
 * in it; the name in `Host` must be ours (a foreign name that resolves to 127.0.0.1 is DNS rebinding); and what changes
 * something must come from our own page (`Origin`, RFC 6454 §7).
 */
export function refusal(
  { method, url = "/", headers }: IncomingMessage,
  port: number,
  token: string,
): Refusal | undefined {
  const { host = "", origin } = headers;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(host)) return { status: 421, reason: `Expected Host ${hosts[0]}, got "${host}"` };
  if (!sameText(url.split("/", 2)[1] ?? "", token))
    return { status: 403, reason: "Expected the address that the terminal shows, with all its letters" };
  if (method !== "GET" && method !== "HEAD" && origin !== `http://${host}`)
    return { status: 403, reason: `Expected Origin http://${host}, got "${origin ?? ""}"` };
  return undefined;
}

/** Takes as long whatever the letters are. */
function sameText(text: string, expected: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
