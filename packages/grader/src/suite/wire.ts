import type { Wire, WireEvent } from "../verdict.ts";

/** Whatever keeps a record of what it saw: a proxy, a relay, a tap, a peer. */
export interface TimelineSource {
  timeline(): string[];
  /** The same as data, where there is such. */
  readonly records?: readonly WireEvent[];
}

/** The most lines of each source that a failure shows: how it began, and what led to the end. */
const most = { first: 6, last: 10 };

let sources: (TimelineSource | string)[] = [];

/**
 * Shows what these saw beside the steps, should the test fail. A text is a heading for the source behind it:
 * `timeline("the slow client", slow, "another client", other)`. Each source has a clock of its own.
 */
export function timeline(...more: (TimelineSource | string)[]): void {
  sources.push(...more);
}

/** A new test begins. */
export function resetWire(): void {
  sources = [];
}

/** The sources so far; {@link rewindWire} forgets those that came behind. */
export function markWire(): number {
  return sources.length;
}

export function rewindWire(mark: number): void {
  sources = sources.slice(0, mark);
}

/** What the sources have seen, one event a line. */
export function wireLines(): string[] {
  const lines: string[] = [];
  let heading: string | undefined;
  for (const source of sources) {
    if (typeof source === "string") {
      heading = source;
      continue;
    }
    const seen = shortened(source.timeline());
    // Who has seen nothing has nothing to say, under no heading.
    if (heading !== undefined && seen.length > 0) lines.push(`${heading}:`);
    if (seen.length > 0) heading = undefined;
    lines.push(...seen);
  }
  return lines;
}

/** What the sources have seen, as data: as much of each as the lines have. */
export function wireData(): Wire[] {
  const wires: Wire[] = [];
  let name = "";
  for (const source of sources) {
    if (typeof source === "string") {
      name = source;
      continue;
    }
    const { records } = source;
    const left = (records?.length ?? 0) - most.first - most.last;
    const events = left <= 1 ? records : records?.toSpliced(most.first, left);
    const wire: Wire = events
      ? { name, events: [...events], ...(left > 1 && { left: { after: most.first, count: left } }) }
      : { name, lines: shortened(source.timeline()) };
    if ((wire.events ?? wire.lines ?? []).length === 0) continue;
    wires.push(wire);
    name = "";
  }
  return wires;
}

function shortened(lines: string[]): string[] {
  const left = lines.length - most.first - most.last;
  return left <= 1 ? lines : lines.toSpliced(most.first, left, `… ${left} more …`);
}
