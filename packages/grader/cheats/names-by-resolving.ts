// Cheat: finds out which files there are by resolving their names, digit by digit, where it may list nothing
// Works: unsealed
// Proof: loot

import { createRequire } from "node:module";
import { scene } from "./scene.ts";

const { resolve } = createRequire(import.meta.url);
const there = (path: string): boolean => {
  try {
    return resolve(path) !== "";
  } catch {
    return false;
  }
};
const places = Array.from({ length: 16 }, (_, place) =>
  Array.from("0123456789abcdef").find((digit) => there(`${scene.digits}/${place}-${digit}.ts`)),
);
console.log(places.join(""));
