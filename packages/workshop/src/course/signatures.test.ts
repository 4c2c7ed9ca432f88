import { describe, expect, test } from "vitest";
import { maskMeasured } from "./signatures.ts";

describe("what differs from run to run is masked", () => {
  const cases: [what: string, text: string, masked: string][] = [
    ["a measured number", "took ≈12.3 ms, ≈1,024 times", "took ≈# ms, ≈# times"],
    ["a seed", "again with --seed 4711", "again with --seed #"],
    ["a long seed", "(--seed 0123456789abcdef0123456789abcdef)", "(--seed #)"],
    ["the number of a process", "(node:4711) Warning: so what", "(node:#) Warning: so what"],
    ["an ephemeral port", "connect 127.0.0.1:43817, port: 43817", "connect 127.0.0.1:#, port: #"],
    ["an IPv6 endpoint", "[::1]:60999", "[::1]:#"],
    ["a port that was cut off", "{ port: 3993…\n{ port: 39931…", "{ port: #…\n{ port: #…"],
    ["no number of hosts", "65534 or 65535", "65534 or 65535"],
    ["no port of a service", "listens on :5432 and :30000", "listens on :5432 and :30000"],
    [
      "no number with more digits around it",
      "65,536 bytes, 1048576, 0.43817",
      "65,536 bytes, 1048576, 0.43817",
    ],
  ];
  test.each(cases)("%s", (_, text, masked) => {
    expect(maskMeasured(text)).toBe(masked);
  });
});
