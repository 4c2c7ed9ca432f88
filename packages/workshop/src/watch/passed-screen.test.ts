import type { TestVerdict, Verdict, Wire } from "@tcpip-workshop/grader";
import { expect, test } from "vitest";
import { plain } from "../text/paint.ts";
import { passedText } from "./passed-screen.ts";

const context = {
  name: "exercises/07-time-wait",
  exercise: "exercises/07-time-wait",
  files: ["client.ts"],
  isStub: false,
  tells: [],
  solutions: ["solutions/07-time-wait/client.ts"],
};

function passed(wire?: Wire[]): string {
  const test: TestVerdict = {
    title: "closes by FIN",
    status: "pass",
    duration: 1,
    why: "RST loses what is on its way.",
    read: "",
    hint: "",
    output: "",
    ...(wire && { wire }),
  };
  const verdict: Verdict = {
    exercise: "07-time-wait",
    status: "pass",
    tests: [test],
    processes: 1,
    seed: "1",
    duration: 1,
  };
  return passedText("/nowhere", verdict, context, plain, 80).join("\n");
}

test("a pass says of each test why it matters, and what was on the wire", () => {
  const events = [
    { at: 0, what: "accepted from port 40000" },
    { at: 2, what: "FIN by client" },
  ];
  const text = passed([{ name: "", events, left: { after: 1, count: 12 } }]);
  expect(text).toContain(
    "closes by FIN\n      RST loses what is on its way.\n      On the wire: 14 events, the last: FIN by client",
  );
  expect(text).toContain("o shows what was on the wire");
});

test("where nothing was on a wire nothing is said of one", () => {
  expect(passed()).not.toContain("wire");
});
