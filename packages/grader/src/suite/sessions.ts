import type { Session } from "./session.ts";

/** The sessions of the suite that is running: usually one. */
export const sessions = new Set<Session>();

export async function endSession(session: Session): Promise<void> {
  sessions.delete(session);
  await session.end();
}

/** For a suite that broke before it could end its own: whatever is still open. */
export async function endAllSessions(): Promise<void> {
  await Promise.all([...sessions].map(endSession));
}
