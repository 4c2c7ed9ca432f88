import { fileURLToPath } from "node:url";

/** The command's own: what it has stripped and compiled is there already. */
const compileCache = fileURLToPath(new URL("../../../node_modules/.cache/tcpip-workshop", import.meta.url));

/** For a grader in a process of its own: ours, and where the compiled code of the workshop and the grader is kept. */
export function graderEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: compileCache };
}
