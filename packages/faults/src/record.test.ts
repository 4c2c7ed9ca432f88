import { describe, expect, test } from "vitest";
import { timeline, WireLog, type WireRecord } from "./record.ts";

describe("timeline", () => {
  test("aligns times, connections, directions", () => {
    const records: WireRecord[] = [
      { at: 0.04, what: "down" },
      { at: 12.34, connection: 1, direction: "toServer", what: "cut at byte 4097, RST" },
      { at: 1234.5, connection: 12, direction: "toClient", what: "FIN" },
    ];
    expect(timeline(records)).toEqual([
      "     0.0 ms                 down",
      "    12.3 ms  #1   → server  cut at byte 4097, RST",
      "  1234.5 ms  #12  → client  FIN",
    ]);
  });

  test("replaces the middle of a long one by a count", () => {
    const records = Array.from({ length: 100 }, (_, at) => ({ at, what: `record ${at}` }));
    const lines = timeline(records, { limit: 5 });
    expect(
      lines.map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .at(-1),
      ),
    ).toEqual(["record 0", "record 1", "… 96 records …", "record 98", "record 99"]);
    expect(timeline(records)).toHaveLength(40);
    expect(timeline(records.slice(0, 40))).toHaveLength(40);
    expect(timeline([])).toEqual([]);
  });
});

describe("WireLog", () => {
  test("keeps no more than 10,000 records, and says how many more there were", () => {
    const log = new WireLog();
    for (let count = 0; count < 10_007; count++) log.add("x");
    expect(log.records).toHaveLength(10_000);
    expect(log.timeline().at(-1)).toBe("… and 7 records more than the 10000 kept");
  });

  test("wakes those who wait for a record", async () => {
    const log = new WireLog();
    const waiting = log.until(() => log.records.length === 2);
    log.add("one");
    log.add("two");
    await waiting;
    expect(log.records.map(({ what }) => what)).toEqual(["one", "two"]);
  });

  test("says what it saw when a state does not come", async () => {
    const log = new WireLog();
    log.add("the last thing seen");
    await expect(log.until(() => false, { timeout: 20 })).rejects.toMatchObject({
      code: "TOTAL_TIMEOUT",
      message: expect.stringMatching(/Expected \(\) => false within 20 ms, got:\n.*the last thing seen/),
    });
  });

  test("hands on what a condition throws", async () => {
    const log = new WireLog();
    const bug = new Error("no such property");
    const waiting = log.until(() => {
      if (log.records.length > 0) throw bug;
      return false;
    });
    log.add("now");
    await expect(waiting).rejects.toBe(bug);
  });
});
