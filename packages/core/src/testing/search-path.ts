import { PathMtuSearch, type PathMtuSearchOptions } from "../mtu/path-mtu-search.ts";

/** Searches a path of this MTU to the end; `isLost` loses packets that would fit. */
export function run(
  search: PathMtuSearch,
  mtu: () => number,
  isLost: (probe: number) => boolean = () => false,
) {
  const asked: number[] = [];
  for (;;) {
    const step = search.next();
    if ("done" in step) return { done: step.done, probes: asked.length, asked };
    if (asked.length > 20_000) throw new Error("Expected the search to end, got 20,000 probes");
    asked.push(step.probe);
    if (step.probe <= mtu() && !isLost(asked.length - 1)) search.acked(step.probe);
    else search.lost(step.probe);
  }
}

export function started(settings: PathMtuSearchOptions): PathMtuSearch {
  const search = new PathMtuSearch(settings);
  search.acked(probeOf(search));
  return search;
}

export function probeOf(search: PathMtuSearch): number {
  const step = search.next();
  if ("done" in step) throw new Error(`Expected a probe, got the end at ${step.done}`);
  return step.probe;
}
