import { expect, test } from "vitest";
import { StepRecorder } from "./step.ts";

function recorded(count: number, step: (number: number) => string = () => "decoder.push"): StepRecorder {
  const recorder = new StepRecorder();
  for (let number = 1; number <= count; number++)
    recorder.add({ call: step(number), args: [number], outcome: { returned: undefined } });
  return recorder;
}

const numbers = (lines: string[]): number[] =>
  lines.flatMap((line) => {
    const number = /^(\d+)\./.exec(line)?.[1];
    return number === undefined ? [] : [Number(number)];
  });

test("all steps are shown where hardly one would be left out", () => {
  for (let count = 1; count <= 11; count++)
    expect(numbers(recorded(count).render())).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});

test("of many steps the beginning and the end are shown, and what was called between them", () => {
  const lines = recorded(200).render();
  expect(numbers(lines)).toEqual([1, 2, 3, 195, 196, 197, 198, 199, 200]);
  expect(lines[3]).toBe("   … 191 more: decoder.push (191 times) …");
});

test("what differs among the steps left out is told", () => {
  const lines = recorded(12, (number) => (number === 5 ? "decoder.end" : "decoder.push")).render();
  expect(lines[3]).toBe("   … 3 more: decoder.push (2 times), decoder.end …");
});

test("what is rewound is told no more", () => {
  const recorder = recorded(4);
  const before = recorder.mark();
  for (let again = 0; again < 50; again++) recorder.add("again");
  recorder.rewind(before);
  expect(numbers(recorder.render())).toEqual([1, 2, 3, 4]);
});
