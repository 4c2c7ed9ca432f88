import { NetError } from "@tcpip-workshop/core/net-error";

/** In characters. A UUID has 36. */
const MAX_KEY_LENGTH = 255;

/** What is wrong with a key, in a sentence for the client; undefined when it is fine: 1 to 255 characters of an `sf-string`. */
export function keyFault(key: string | undefined): string | undefined {
  if (key === undefined || key === "") {
    return "Expected an Idempotency-Key, got none";
  }
  if (key.length > MAX_KEY_LENGTH) {
    return `Expected an Idempotency-Key of at most ${MAX_KEY_LENGTH} characters, got ${key.length}`;
  }
  return /^[ -~]+$/.test(key)
    ? undefined
    : "Expected an Idempotency-Key of printable ASCII, got other characters";
}

/**
 * The key in the value of an Idempotency-Key header: a String of RFC 9651, section 3.3.3, so within quotes:
 * `"8e03978e-40d5-43e8-bc93-6894a57f9324"`. Throws `ARGUMENT_INVALID` for another spelling: a server answers that with 400.
 */
export function parseIdempotencyKey(header: string): string {
  const value = header.replaceAll(/^ +| +$/g, "");
  if (value.length > 2 * MAX_KEY_LENGTH + 2 || !/^"(?:[ !#-[\]-~]|\\["\\])*"$/.test(value)) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected a key within quotes (RFC 9651), got ${value.slice(0, 64)}`,
    );
  }
  return value.slice(1, -1).replaceAll(/\\(.)/g, "$1");
}

/**
 * Under which id a client's key is stored: `client/key`, or the key itself when no client is named. Throws `ARGUMENT_INVALID`
 * for a client that is not 1 to 64 of `A–Z a–z 0–9 _ . ~ -`.
 */
export function scopedKey(client: string | undefined, key: string): string {
  if (client === undefined) {
    return key;
  }
  if (!/^[\w.~-]{1,64}$/.test(client)) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected a client of 1 to 64 of A–Z a–z 0–9 _ . ~ -, got "${client}"`,
    );
  }
  return `${client}/${key}`;
}
