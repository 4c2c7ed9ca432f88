import { describe, expect, test } from "vitest";
import { keyFault, parseIdempotencyKey } from "./idempotency-key.ts";

describe("parseIdempotencyKey", () => {
  test.each([
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    [' "a" ', "a"],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['""', ""],
    [`"${"a".repeat(255)}"`, "a".repeat(255)],
  ])("of %s is %s", (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  test.each([
    "",
    "abc",
    '"abc',
    'abc"',
    '"a"b"',
    '"a\\b"',
    '"ä"',
    '"a\n"',
    '"a", "b"',
    '"a";p=1',
    `"${"a".repeat(600)}"`,
  ])("of %j throws ARGUMENT_INVALID", (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error,
    );
  });
});

describe("keyFault", () => {
  test.each(["k", "a".repeat(255), " !~"])("finds none in %j", (key) => {
    expect(keyFault(key)).toBeUndefined();
  });

  test.each([undefined, "", "a".repeat(256), "ä", "a\u007f", "a\n"])("finds one in %j", (key) => {
    expect(keyFault(key)).toMatch(/^Expected an Idempotency-Key/);
  });
});
