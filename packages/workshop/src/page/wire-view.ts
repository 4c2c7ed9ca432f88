import type { WireEventView, WireView } from "./static/page-data.ts";
import type { WireLine, WireSource } from "./read-timeline.ts";

/**
 * What the proxies, relays, taps and peers of a test saw, as arrows between two lifelines. A source of which nothing goes
 * anywhere is not drawn.
 */
export function wireViews(sources: WireSource[]): WireView[] {
  return sources
    .map(viewOf)
    .filter(({ events }) => events.some(({ way }) => way === "left" || way === "right"));
}

function viewOf({ name, lines }: WireSource): WireView {
  // A peer tells of itself ("sends", "came"); what stands between two ends tells which way things go.
  const isPeer = lines.some(({ what }) => outwards.test(what) || inwards.test(what));
  if (!isPeer)
    return { name, left: "client", right: "server", events: lines.map((line) => eventOf(line, "right")) };
  const dials = /client|caller/.test(name) || lines.some(({ what }) => what.startsWith("connected from"));
  const peer =
    name.replace(/, played by the test$/, "") || (dials ? "the test's client" : "the test's server");
  const [left, right] = dials ? [peer, "your code"] : ["your code", peer];
  return { name, left, right, events: lines.map((line) => eventOf(line, dials ? "right" : "left")) };
}

/** What a peer says of itself. */
const outwards = /^sends |sent by the test$|^connected from/;
const inwards = /\bcame\b|\barrives?$/;

/** `away` is the way from the peer that tells to the other end. */
function eventOf({ at, connection, direction, what }: WireLine, away: "left" | "right"): WireEventView {
  const way = wayOf(direction, what, away);
  return { at, connection, way, what, mark: way === "none" || way === "more" ? "note" : markOf(what) };
}

function wayOf(direction: WireLine["direction"], what: string, away: "left" | "right"): WireEventView["way"] {
  if (what.startsWith("…")) return "more";
  if (direction !== null) return direction === "toServer" ? "right" : "left";
  if (/ by client$|^accepted from/.test(what)) return "right";
  if (what.endsWith(" by server")) return "left";
  if (outwards.test(what)) return away;
  if (inwards.test(what)) return away === "left" ? "right" : "left";
  return "none";
}

/** In this order: an RST that was dropped is an RST. */
const marks: [RegExp, WireEventView["mark"]][] = [
  [/\bRST\b/, "rst"],
  [/dropped|\blost\b|refused|not sent|unreachable/, "lost"],
  [/\btwice\b/, "double"],
  [/delayed|held/, "late"],
  [/\bFIN\b/, "fin"],
];

function markOf(what: string): WireEventView["mark"] {
  return marks.find(([pattern]) => pattern.test(what))?.[1] ?? "data";
}
