import { formatSockets } from "../sockets/format-sockets.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { serviceOf, type Context } from "./context.ts";

/** The services with most of these sockets, and the first rows. */
export function evidenceOf(context: Context, sockets: readonly SocketEntry[]): string[] {
  const counts = new Map<string, number>();
  for (const socket of sockets) {
    const service = serviceOf(context, socket);
    counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  const services = [...counts].toSorted(([, one], [, other]) => other - one);
  const lines = services.slice(0, SERVICES).map(([service, count]) => `${count} ${service}`);
  if (services.length > SERVICES) lines.push(`… and ${services.length - SERVICES} more services`);
  lines.push(
    ...formatSockets(sockets.slice(0, ROWS), {
      timers: true,
      pids: sockets.some(({ pids }) => pids?.length),
    }),
  );
  if (sockets.length > ROWS) lines.push(`… and ${sockets.length - ROWS} more rows`);
  return lines;
}

const SERVICES = 3;
const ROWS = 3;
