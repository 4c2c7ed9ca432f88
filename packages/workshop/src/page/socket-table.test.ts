import { expect, test } from "vitest";
import { socketTable } from "./socket-table.ts";

const header = "State  Recv-Q Send-Q Local Address:Port Peer Address:Port";

test("the kernel's lines become cells under the columns of ss, with what their states mean", () => {
  const table = socketTable([
    header,
    "LISTEN 0      -      127.0.0.1:41211    0.0.0.0:*",
    "CLOSE-WAIT  1      0      [::1]:41211    [::1]:44810",
  ]);
  expect(table).toMatchObject({
    columns: ["State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port"],
    rows: [
      ["LISTEN", "0", "-", "127.0.0.1:41211", "0.0.0.0:*"],
      ["CLOSE-WAIT", "1", "0", "[::1]:41211", "[::1]:44810"],
    ],
    more: "",
  });
  expect(table?.states.map(({ name }) => name)).toEqual(["LISTEN", "CLOSE-WAIT"]);
});

test("a row of UDP has its Netid, and a count of what was left out is no row", () => {
  const table = socketTable([`Netid ${header}`, "udp UNCONN 0 0 127.0.0.1:53 0.0.0.0:*", "… 8 more …"]);
  expect(table?.columns[0]).toBe("Netid");
  expect(table?.rows).toEqual([["udp", "UNCONN", "0", "0", "127.0.0.1:53", "0.0.0.0:*"]]);
  expect(table?.more).toBe("… 8 more …");
});

test("a header alone is no table", () => {
  expect(socketTable([header])).toBeNull();
  expect(socketTable([])).toBeNull();
});
