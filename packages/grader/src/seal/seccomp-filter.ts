import { refusedCalls } from "./refused-calls.ts";

/**
 * What the filter has to know of an architecture: its name in the audit interface (`linux/audit.h`), the numbers of the calls
 * that it looks into, and the last call there was when the table was written.
 */
interface Architecture {
  /** Its place in the pairs of {@link refusedCalls}. */
  column: 0 | 1;
  audit: number;
  clone: number;
  clone3: number;
  socket: number;
  ioctl: number;
}

const architectures: { [name: string]: Architecture | undefined } = {
  x64: { column: 0, audit: 0xc000003e, clone: 56, clone3: 435, socket: 41, ioctl: 16 },
  arm64: { column: 1, audit: 0xc00000b7, clone: 220, clone3: 435, socket: 198, ioctl: 29 },
};

/** What came after this one is not known here, so it is not there. */
const lastKnownCall = 462;
/** Calls with this bit are of the x32 ABI, which numbers them anew (`asm/unistd.h`). */
const x32Bit = 0x40000000;
const cloneThread = 0x00010000;
/** AF_UNIX, AF_INET, AF_INET6. Of AF_NETLINK only routes, which `os.networkInterfaces()` asks for. */
const families = [1, 2, 10];
const netlink = 16;
/** Puts characters into a terminal's input, as if they had been typed. */
const tiocsti = 0x5412;
const tioclinux = 0x541c;

// Classic BPF, as seccomp(2) takes it: offsets into `struct seccomp_data`, and instructions of `linux/filter.h`.
const offsetOfNumber = 0;
const offsetOfArchitecture = 4;
/** The low half of the nth argument; both architectures are little-endian. */
const offsetOfArgument = (n: number): number => 16 + 8 * n;
const loadWord = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfAnyBit = 0x45;
const give = 0x06;

const allow = 0x7fff0000;
const kill = 0x80000000;
const errno = (code: number): number => 0x00050000 + code;
const notPermitted = errno(1);
const noSuchCall = errno(38);

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * The filter for an answer's process, as `bwrap --seccomp` reads it. It refuses what {@link refusedCalls} names, new processes
 * (a thread is one of the same process), and sockets of other families than Unix and IP: some, AF_VSOCK among them, have no namespaces.
 * A call of another architecture ends the process; one that is newer than this table is not there.
 *
 * @param name `process.arch`
 * @returns undefined for an architecture that the filter does not know
 */
export function seccompFilter(name: string): Uint8Array | undefined {
  const architecture = architectures[name];
  if (architecture === undefined) return undefined;
  const { column, audit, clone, clone3, socket, ioctl } = architecture;
  const refused = Object.values(refusedCalls).flatMap((numbers) => numbers[column] ?? []);
  return assemble([
    [loadWord, 0, 0, offsetOfArchitecture],
    [jumpIfEqual, 1, 0, audit],
    [give, 0, 0, kill],
    [loadWord, 0, 0, offsetOfNumber],
    // Only x86-64 has such calls; elsewhere there is no such number.
    [jumpIfAtLeast, 0, 1, x32Bit],
    [give, 0, 0, kill],
    [jumpIfAtLeast, 0, 1, lastKnownCall + 1],
    [give, 0, 0, noSuchCall],
    // glibc and musl fall back to clone.
    ...ifCall(clone3, [[give, 0, 0, noSuchCall]]),
    ...refused.flatMap((number) => ifCall(number, [[give, 0, 0, notPermitted]])),
    ...ifCall(clone, [
      [loadWord, 0, 0, offsetOfArgument(0)],
      [jumpIfAnyBit, 1, 0, cloneThread],
      [give, 0, 0, notPermitted],
      [give, 0, 0, allow],
    ]),
    ...ifCall(socket, [
      [loadWord, 0, 0, offsetOfArgument(0)],
      ...families.flatMap((family): Instruction[] => [
        [jumpIfEqual, 0, 1, family],
        [give, 0, 0, allow],
      ]),
      [jumpIfEqual, 1, 0, netlink],
      [give, 0, 0, notPermitted],
      [loadWord, 0, 0, offsetOfArgument(2)],
      [jumpIfEqual, 1, 0, 0],
      [give, 0, 0, notPermitted],
      [give, 0, 0, allow],
    ]),
    ...ifCall(ioctl, [
      [loadWord, 0, 0, offsetOfArgument(1)],
      [jumpIfEqual, 1, 0, tiocsti],
      [jumpIfEqual, 0, 1, tioclinux],
      [give, 0, 0, notPermitted],
      [give, 0, 0, allow],
    ]),
    [give, 0, 0, allow],
  ]);
}

/** The number is loaded: with another one, `then` is jumped over. Each `then` ends with a `give`. */
function ifCall(number: number, then: Instruction[]): Instruction[] {
  return [[jumpIfEqual, 0, then.length, number], ...then];
}

/** `struct sock_filter`: two bytes of code, one each for the two jumps, four of value. */
function assemble(instructions: Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, value, true);
  }
  return bytes;
}
