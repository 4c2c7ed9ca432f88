// Cheat: listens on a port of the host's that somebody else will need, and answers there in their name
// Works: unsealed
// Proof: harms

import { once } from "node:events";
import { createServer } from "node:net";
import { scene } from "./scene.ts";

const server = createServer((socket) => void socket.on("error", () => {})).listen(scene.wanted, "127.0.0.1");
await once(server, "listening");
await new Promise((resolve) => setTimeout(resolve, 200));
server.close();
