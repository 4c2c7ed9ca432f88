export { ConnectionTap, type ConnectionHandler, type ConnectionTapOptions } from "./connection-tap.ts";
export { ScriptedPeer, type ScriptedPeerOptions } from "./scripted-peer.ts";
export type { ConnectionEnd, TappedConnection } from "./tapped-connection.ts";
