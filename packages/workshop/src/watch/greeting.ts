import type { Course } from "../course/course.ts";
import { hasPassed } from "../course/progress-state.ts";
import type { Progress } from "../course/progress.ts";
import { followedTrack, orderOf } from "../course/start-current.ts";
import { exerciseTitle, filesToWrite } from "../course/start-exercise.ts";
import { labelled } from "../text/layout.ts";
import type { Paint } from "../text/paint.ts";

/** Where the learner is: the exercise, how far, what to read, what to write. */
export function greeting(
  course: Course,
  progress: Progress,
  label: string,
  paint: Paint,
  columns: number,
): string[] {
  const order = orderOf(course, progress);
  const passed = order.filter((one) => hasPassed(progress.exercises.get(one))).length;
  const track = followedTrack(course, progress);
  const of = track === undefined ? "" : ` of the track "${track.name}"`;
  const part = (name: string, text: string): string[] => labelled(name, text, 2, 7, columns);
  return [
    paint("bold", `${label}: ${exerciseTitle(course, label)}`),
    `${passed} of ${order.length} exercises${of} passed${passed === 0 ? ". Welcome!" : ""}`,
    "",
    ...part("Read", `exercises/${label}/README.md`),
    ...filesToWrite(course, label).flatMap((file, index) => part(index === 0 ? "Write" : "and", file)),
    "",
    ...labelled(
      "",
      "Leave this open beside your editor: whenever you save, your answer is graded.",
      2,
      0,
      columns,
    ),
  ];
}
