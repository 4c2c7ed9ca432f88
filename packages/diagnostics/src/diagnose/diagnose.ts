import { countStates } from "../sockets/count-states.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { ssName, tcpStates } from "../sockets/tcp-state.ts";
import { closingRules } from "./closing-rules.ts";
import { contextOf } from "./context.ts";
import { defaultEphemeralPorts, type EphemeralPorts } from "./ephemeral-ports.ts";
import type { Finding } from "./finding.ts";
import { openingRules } from "./opening-rules.ts";
import { queueRules } from "./queue-rules.ts";
import { resourceRules } from "./resource-rules.ts";
import { defaultThresholds, type Thresholds } from "./thresholds.ts";

export interface DiagnoseOptions {
  thresholds?: Partial<Thresholds>;
  /** {@link readEphemeralPorts} where the table is this host's; Linux's default otherwise. */
  ephemeralPorts?: EphemeralPorts;
}

/**
 * What a socket table shows, worst first; one finding `HEALTHY` where it shows nothing amiss. It looks at one reading, so it
 * cannot tell what stays from what passes: each finding says what it does not conclude.
 */
export function diagnose(sockets: readonly SocketEntry[], options: DiagnoseOptions = {}): Finding[] {
  const thresholds = { ...defaultThresholds, ...options.thresholds };
  const context = contextOf(sockets, thresholds, options.ephemeralPorts ?? defaultEphemeralPorts);
  const rules = [...openingRules, ...queueRules, ...closingRules, ...resourceRules];
  const findings = rules.map((rule) => rule(context)).filter((finding) => finding !== undefined);
  if (findings.length === 0) return [healthy(sockets)];
  return findings.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
}

function healthy(sockets: readonly SocketEntry[]): Finding {
  const counts = countStates(sockets);
  const states = tcpStates.filter((state) => counts[state] !== undefined);
  return {
    code: "HEALTHY",
    severity: "info",
    title: `Healthy: ${sockets.length} ${sockets.length === 1 ? "socket" : "sockets"}, none stuck`,
    cause: "No state, queue or timer is past its threshold.",
    side: "nobody",
    count: sockets.length,
    evidence: states.map((state) => `${counts[state]} ${ssName(state)}`),
    next: ["If something is slow all the same: `ss -ti` (rtt, retrans), and the application's own times"],
    notConcluded: [
      "That the application works: the kernel does not know what an answer should say",
      "That it stays so: this is one reading",
    ],
  };
}

const SEVERITIES: readonly Finding["severity"][] = ["critical", "warning", "info"];
