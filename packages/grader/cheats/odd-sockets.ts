// Cheat: makes sockets of families that no network namespace holds in: to the machine's own host (vsock), to the kernel's ciphers
// Works: in-process
// Proof: harms

import { dlopen } from "node:ffi";

const { functions } = dlopen(null, { socket: { arguments: ["i32", "i32", "i32"], return: "i32" } });
// AF_ALG, AF_VSOCK, AF_PACKET, AF_KEY, AF_CAN, AF_BLUETOOTH: address_families(7).
const made = [38, 40, 17, 15, 29, 31].filter((family) =>
  [1, 3, 5].some((type) => functions.socket(family, type, 0) >= 0),
);
console.log(`made sockets of ${made.length} odd families: ${made.join(", ")}`);
