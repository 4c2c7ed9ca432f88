import type { Session } from "./session.ts";

/** The sessions of the suite that is running: usually one. */
export const sessions = new Set<Session>();
