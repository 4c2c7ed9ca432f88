// Cheat: has V8 write what it compiles, by flags that are set at run time: into any folder, past Node's permissions
// Works: unsealed
// Proof: leaves

import { setFlagsFromString } from "node:v8";
import { scene } from "./scene.ts";

for (const flag of ["--allow-natives-syntax", "--trace-turbo", `--trace-turbo-path=${scene.folder}`])
  setFlagsFromString(flag);
const add = (a: number): number => a + 1;
// oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- only so are the flags heeded
new Function(
  "add",
  "%PrepareFunctionForOptimization(add); add(1); add(2); %OptimizeFunctionOnNextCall(add); add(3);",
)(add);
