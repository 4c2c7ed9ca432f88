import { describe, expect, test } from "vitest";
import { refusedCalls } from "./refused-calls.ts";
import { seccompFilter } from "./seccomp-filter.ts";

const allowed = "allowed";
const killed = "killed";
const [x64, arm64] = [0xc000003e, 0xc00000b7];

/** Runs a filter as the kernel does: classic BPF over `struct seccomp_data` (seccomp(2)). */
function run(filter: Uint8Array, architecture: number, number: number, args: number[] = []): string {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, architecture, true);
  for (const [index, value] of args.entries()) data.setBigUint64(16 + 8 * index, BigInt(value), true);
  const program = new DataView(filter.buffer);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const code = program.getUint16(at * 8, true);
    const [ifTrue, ifFalse] = [program.getUint8(at * 8 + 2), program.getUint8(at * 8 + 3)];
    const value = program.getUint32(at * 8 + 4, true);
    if (code === 0x20) accumulator = data.getUint32(value, true);
    else if (code === 0x06) return said(value);
    else {
      const holds = {
        0x15: accumulator === value,
        0x35: accumulator >= value,
        0x45: (accumulator & value) !== 0,
      }[code];
      if (holds === undefined) throw new Error(`Expected an instruction of classic BPF, got ${code}`);
      at += holds ? ifTrue : ifFalse;
    }
  }
  throw new Error("Expected the program to give something, and it ran out");
}

function said(value: number): string {
  if (value === 0x7fff0000) return allowed;
  return value === 0x80000000 ? killed : `errno ${value & 0xffff}`;
}

describe.each([
  { name: "x64", audit: x64, other: arm64, clone: 56, socket: 41, ioctl: 16, read: 0, column: 0 },
  { name: "arm64", audit: arm64, other: x64, clone: 220, socket: 198, ioctl: 29, read: 63, column: 1 },
])("the filter for $name", ({ name, audit, other, clone, socket, ioctl, read, column }) => {
  const filter = seccompFilter(name) ?? new Uint8Array();

  test("refuses each of the calls that no answer needs, and says that it is not permitted", () => {
    const outcomes = Object.entries(refusedCalls).flatMap(([call, numbers]) => {
      const number = numbers[column];
      return number === undefined ? [] : [[call, run(filter, audit, number)]];
    });
    expect(outcomes).toEqual(outcomes.map(([call]) => [call, "errno 1"]));
    expect(outcomes.length).toBeGreaterThan(50);
  });

  test("lets a thread be born and no process", () => {
    const thread = 0x3d0f00;
    expect(run(filter, audit, clone, [thread])).toBe(allowed);
    expect(run(filter, audit, clone, [17])).toBe("errno 1");
    expect(run(filter, audit, clone, [0x100 | 17])).toBe("errno 1");
    // Its flags lie in memory, where no filter can look: whoever gets ENOSYS makes the thread by clone.
    expect(run(filter, audit, 435)).toBe("errno 38");
  });

  test("lets sockets of Unix and IP be opened, and of netlink the one for routes", () => {
    const outcomes = [1, 2, 10, 16, 17, 38, 40].map((family) => run(filter, audit, socket, [family, 1, 0]));
    expect(outcomes).toEqual([allowed, allowed, allowed, allowed, "errno 1", "errno 1", "errno 1"]);
    expect(run(filter, audit, socket, [16, 3, 4])).toBe("errno 1");
  });

  test("lets no character be put into a terminal's input", () => {
    expect(run(filter, audit, ioctl, [0, 0x5412])).toBe("errno 1");
    expect(run(filter, audit, ioctl, [0, 0x541c])).toBe("errno 1");
    expect(run(filter, audit, ioctl, [0, 0x5421])).toBe(allowed);
  });

  test("ends whoever calls by another architecture's numbers, or by those of x32", () => {
    expect(run(filter, other, read)).toBe(killed);
    expect(run(filter, 0x40000003, read)).toBe(killed);
    expect(run(filter, audit, 0x40000000 | read)).toBe(killed);
  });

  test("knows no call that is newer than its table", () => {
    expect(run(filter, audit, 463)).toBe("errno 38");
    expect(run(filter, audit, 462)).toBe(allowed);
  });

  test("lets all others through", () => {
    expect(run(filter, audit, read)).toBe(allowed);
  });
});

test("there is no filter for an architecture whose numbers it does not know", () => {
  expect(seccompFilter("riscv64")).toBeUndefined();
});
