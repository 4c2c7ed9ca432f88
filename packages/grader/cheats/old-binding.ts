// Cheat: reads a file by the functions below node:fs
// Works: in-process
// Proof: loot

import { scene } from "./scene.ts";

interface Binding {
  open(path: string, flags: number, mode: number): number;
  read(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
}
const { binding } = process as unknown as { binding(name: string): Binding };
const { open, read } = binding("fs");
const buffer = Buffer.alloc(200);
const fd = open(scene.home, 0, 0o666);
console.log(buffer.toString("latin1", 0, read(fd, buffer, 0, 200, -1)));
