// Cheat: listens on a socket file anywhere, past Node's permissions; who kills it leaves the file
// Works: unsealed
// Proof: leaves

import { once } from "node:events";
import { createServer } from "node:net";
import { scene } from "./scene.ts";

const server = createServer().listen(`${scene.folder}/left.sock`);
await once(server, "listening");
