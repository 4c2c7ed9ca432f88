// Cheat: asks a service that answers datagrams on the host
// Works: unsealed
// Proof: loot

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { scene } from "./scene.ts";

const socket = createSocket("udp4");
socket.send("please", scene.udp, "127.0.0.1");
const late = AbortSignal.timeout(1000);
const [told] = (await once(socket, "message", { signal: late })) as [Buffer];
console.log(String(told));
socket.close();
