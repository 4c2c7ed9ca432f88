/**
 * All of 127.0.0.0/8 is this machine (RFC 1122 §3.2.1.3). One of its own for each stage: what another run left in
 * TIME-WAIT on the same port is none of ours.
 */
export function ownHost(): string {
  return `127.${[0, 0, 0].map(() => 1 + Math.floor(Math.random() * 254)).join(".")}`;
}
