import type { Command } from "../command.ts";
import type { Course } from "../course/course.ts";
import { hasPassed } from "../course/progress-state.ts";
import { readProgress, updateProgress } from "../course/progress.ts";
import { currentLabel } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { readTrack, trackNames, type Track } from "../course/track.ts";
import { UserError } from "../course/user-error.ts";
import { width, wrap } from "../text/layout.ts";
import { paintFor } from "../text/paint.ts";

export const track: Command = {
  usage: "track [name] [--none]",
  summary: "List the tracks, ordered parts of the course, or follow one",
  options: { none: { type: "boolean", default: false, description: "follow the whole course again" } },
  async run({ positionals: [name], values, course }, out) {
    const paint = paintFor(out);
    const { exercises, track: followed } = readProgress(course.root);
    if (values["none"] === true) {
      if (name !== undefined)
        throw new UserError(`Expected a track or --none, got both: "${name}" and --none`);
      updateProgress(course.root, (progress) => {
        progress.track = undefined;
        progress.current = undefined;
      });
      out.write(`You follow the whole course: ${course.labels.length} exercises, in their order.\n`);
      return 0;
    }
    if (name !== undefined) {
      const { title, labels } = readTrack(course, name);
      updateProgress(course.root, (progress) => {
        progress.track = name;
        // Where they are in it, unless they are at work on one of it, is what has not passed first.
        const { current } = progress;
        if (current === undefined || !labels.includes(current) || hasPassed(progress.exercises.get(current)))
          progress.current = labels.find((label) => !hasPassed(progress.exercises.get(label))) ?? labels[0];
      });
      out.write(paragraph(`You follow the track ${name}${title === "" ? "" : `: ${title}`}`));
      for (const label of labels)
        out.write(`  ${hasPassed(exercises.get(label)) ? paint("green", "✓") : " "} ${label}\n`);
      const current = currentLabel(course);
      out.write(
        hasPassed(exercises.get(current))
          ? "\nEvery exercise of it has passed. One of them again: pnpm workshop review\n"
          : `\nNext: ${current}. pnpm workshop\n`,
      );
      return 0;
    }
    const names = trackNames(course);
    const broken: string[] = [];
    for (const known of names) {
      const found = readOrTell(course, known);
      if (typeof found === "string") {
        broken.push(found);
        continue;
      }
      const { title, labels } = found;
      const passed = labels.filter((label) => hasPassed(exercises.get(label))).length;
      const mark = known === followed ? ">" : " ";
      out.write(`${mark} ${paint("bold", known)}: ${passed} of ${labels.length} passed\n`);
      const line = `${title === "" ? "" : `${title}: `}${labels.map((label) => label.slice(0, 2)).join(" ")}`;
      out.write(
        `${wrap(line, width - 4)
          .map((part) => `    ${part}`)
          .join("\n")}\n`,
      );
    }
    if (names.length > 0) out.write("\n");
    out.write(
      followed === undefined
        ? "You follow the whole course. `pnpm workshop track <name>` follows one of these.\n"
        : "> is the one you follow. `pnpm workshop track --none` goes back to the whole course.\n",
    );
    out.write("Your own: a file tracks/<name>.txt, an exercise a line.\n");
    if (broken.length > 0) out.write(`\n${broken.map((message) => paragraph(message)).join("")}`);
    return broken.length > 0 ? 2 : 0;
  },
};

/** One file that is no track is no reason to be silent about the others. */
function readOrTell(course: Course, name: string): Track | string {
  try {
    return readTrack(course, name);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
