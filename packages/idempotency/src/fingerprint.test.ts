import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, fingerprint, type Json } from "./fingerprint.ts";

describe("canonical", () => {
  // RFC 8785, sections 3.2.2 and 3.2.3
  test.each([
    ['{"b":1,"a":[2,1,{"z":null,"y":true}]}', '{"a":[2,1,{"y":true,"z":null}],"b":1}'],
    [
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]}',
      '{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    ],
    [
      '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}',
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    ["-0", "0"],
    ['"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/"', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
    ["[]", "[]"],
    [`${"[".repeat(64)}1${"]".repeat(64)}`, `${"[".repeat(64)}1${"]".repeat(64)}`],
  ])("of %s is %s", (json, expected) => {
    expect(canonical(JSON.parse(json) as Json)).toBe(expected);
  });

  test("is the same for the same payload with its names in any order, and says the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const shuffled = JSON.parse(JSON.stringify(payload), (_name, value: unknown) =>
          typeof value === "object" && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).toReversed())
            : value,
        ) as Json;
        expect(canonical(shuffled)).toBe(canonical(payload as Json));
        expect(JSON.parse(canonical(payload as Json))).toEqual(JSON.parse(JSON.stringify(payload)));
      }),
    );
  });

  test.each([
    ["undefined", { a: undefined }],
    ["NaN", [Number.NaN]],
    ["Infinity", Infinity],
    ["a bigint", 1n],
    ["half a surrogate pair", "\ud800"],
    ["half a pair in a name", { "\ud800": 1 }],
    ["a Date", new Date(0)],
    ["a Map", { payment: new Map([["amount", 30]]) }],
    ["a Uint8Array", Uint8Array.of(1, 2)],
    ["a hole", Array.from({ length: 1 })],
    ["65 levels", JSON.parse("[".repeat(65) + "]".repeat(65))],
  ])("%s throws ARGUMENT_INVALID", (_what, payload) => {
    expect(() => canonical(payload as Json)).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error,
    );
  });
});

describe("fingerprint", () => {
  test("is SHA-256 of the canonical form in UTF-8, in hex", () => {
    const expected = createHash("sha256").update('{"account":"käse","amount":30}', "utf8").digest("hex");
    expect(fingerprint({ amount: 30, account: "käse" })).toBe(expected);
  });

  test.each([
    [{ a: 1 }, { a: "1" }],
    [{ a: null }, {}],
    [["ab"], ["a", "b"]],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
  ] as const)("tells %j from %j", (one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });
});
