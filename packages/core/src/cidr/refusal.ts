import { formatIpv4, scanIpv4, scannedIpv4 } from "./ipv4.ts";
import { scanIpv6 } from "./ipv6.ts";

/** Why `parseAddress` refused: what was expected, what came, and how a laxer reader would have understood it. */
export function addressRefusal(text: unknown): string {
  if (typeof text !== "string") return `Expected an address as text, got ${describe(text)}`;
  if (text.includes("/"))
    return `Expected an address without a prefix length, got ${quote(text)}: parseCidr reads those`;
  return refusalOf(text, text);
}

/** Why `parseCidr` refused: the address first, then the length. */
export function cidrRefusal(text: unknown): string {
  if (typeof text !== "string") return `Expected a prefix as text, got ${describe(text)}`;
  const slash = text.indexOf("/");
  if (slash < 0)
    return `Expected an address and a prefix length such as 10.0.0.0/8, got ${quote(text)} without "/"`;
  const length = text.slice(slash + 1);
  if (scanIpv4(text, 0, slash)) return lengthRefusal(length, 32, text);
  if (scanIpv6(text, 0, slash)) return lengthRefusal(length, 128, text);
  return refusalOf(text.slice(0, slash), text);
}

/** `whole` is what the caller passed, of which `text` is the address part. */
function refusalOf(text: string, whole: string): string {
  const got = within(text, quote(whole));
  if (text === "") return `Expected an IPv4 or IPv6 address, got ${got}`;
  if (text.includes("%")) {
    const zone = within(text.slice(text.indexOf("%")), quote(whole));
    return `Expected an address without a zone id, got ${zone}: a zone names an interface of one host (RFC 4007), not a part of the address`;
  }
  if (/[[\]]/.test(text))
    return `Expected an address without brackets, got ${got}: those belong to URLs (RFC 3986 §3.2.2)`;
  const stray = /[^0-9a-z:.+-]/iu.exec(text);
  if (stray !== null) {
    return `Expected an address and nothing else, got ${quote(stray[0])} at position ${stray.index} of ${got}`;
  }
  return text.includes(":") ? ipv6Refusal(text, got) : ipv4Refusal(text, got);
}

function ipv4Refusal(text: string, got: string): string {
  const octets = text.split(".");
  if (/0x/i.test(text)) return `Expected decimal octets, got ${got}: only inet_aton reads hexadecimal`;
  const odd = octets.find((octet) => !/^\d*$/.test(octet));
  if (odd !== undefined) return `Expected four decimal octets such as 192.0.2.1, got ${within(odd, got)}`;
  const zero = octets.find((octet) => octet.length > 1 && octet.startsWith("0"));
  if (zero !== undefined) return `Expected octets without leading zeros, got ${got}: ${leadingZero(zero)}`;
  if (octets.includes("")) return `Expected a number on both sides of each dot, got ${got}`;
  if (octets.length < 4)
    return `Expected four octets, got ${octets.length} in ${got}: a short form${asInetAton(octets)}`;
  if (octets.length > 4) return `Expected four octets, got ${octets.length} in ${got}`;
  return `Expected octets from 0 to 255, got ${within(octets.find((octet) => Number(octet) > 255) ?? text, got)}`;
}

function leadingZero(octet: string): string {
  if (/[89]/.test(octet)) return `"${octet}" looks octal and is not`;
  return `"${octet}" could be read as octal ${Number.parseInt(octet, 8)}`;
}

/** inet_aton lets the last number fill all the octets that were not written. */
function asInetAton(octets: string[]): string {
  const last = Number(octets.at(-1));
  const leading = octets.slice(0, -1).map(Number);
  if (leading.some((octet) => octet > 255) || last >= 2 ** (32 - 8 * leading.length)) return "";
  const address = leading.reduce((sum, octet, index) => sum + octet * 2 ** (24 - 8 * index), last);
  return `, which inet_aton would read as ${formatIpv4(address)}`;
}

function ipv6Refusal(text: string, got: string): string {
  if (/^[\d.]*\.[\d.]*:\d*$/.test(text)) return `Expected an address without a port, got ${got}`;
  if (text.includes(":::") || text.split("::").length > 2) return `Expected "::" at most once, got ${got}`;
  if (/^:(?!:)|(?<!:):$/.test(text)) return `Expected no single ":" at either end, got ${got}`;
  const groups = text.split(":").filter((group) => group !== "");
  const tail = groups.find((group) => group.includes("."));
  if (tail !== undefined) {
    if (!text.endsWith(tail)) return `Expected the IPv4 part at the end, got ${within(tail, got)}`;
    if (!scanIpv4(tail, 0, tail.length)) return ipv4Refusal(tail, within(tail, got));
  }
  const odd = groups.find((group) => group !== tail && !/^[0-9a-f]{1,4}$/i.test(group));
  if (odd !== undefined) return `Expected groups of one to four hexadecimal digits, got ${within(odd, got)}`;
  const count = groups.length + (tail === undefined ? 0 : 1);
  if (!text.includes("::"))
    return `Expected eight groups${tail === undefined ? "" : " (the IPv4 part is two)"}, got ${count} in ${got}`;
  return `Expected at most seven groups beside "::", which stands for one or more, got ${count} in ${got}`;
}

function lengthRefusal(length: string, bits: 32 | 128, whole: string): string {
  const expected = `Expected a prefix length from 0 to ${bits}`;
  if (length === "") return `${expected}, got nothing after "/" in ${quote(whole)}`;
  if (/^\d+$/.test(length)) {
    if (length.length === 1 || !length.startsWith("0"))
      return `${expected}, got ${length} in ${quote(whole)}`;
    return `Expected a prefix length without leading zeros, got ${quote(length)} in ${quote(whole)}`;
  }
  if (length.includes("/")) return `Expected one "/", got two or more in ${quote(whole)}`;
  if (!scanIpv4(length, 0, length.length))
    return `${expected} in decimal digits, got ${quote(length)} in ${quote(whole)}`;
  return `${expected}, got the netmask ${length} in ${quote(whole)}${maskHint(scannedIpv4())}`;
}

function maskHint(mask: number): string {
  const ones = Math.clz32(~mask);
  return mask === (ones === 0 ? 0 : (-1 << (32 - ones)) >>> 0) ? `: say /${ones}` : "";
}

/** `"999" in "10.0.0.999"`, and a part that is the whole only once. */
function within(part: string, got: string): string {
  const quoted = quote(part);
  return got.startsWith(quoted) ? got : `${quoted} in ${got}`;
}

/** Hostile text may be long and may hold control characters; a message and a log line must bear neither. */
function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(shown);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
