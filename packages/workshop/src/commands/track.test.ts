import { expect, test } from "vitest";
import { openCourse } from "../course/course.ts";
import { readProgress } from "../course/progress.ts";
import { readTrack, trackNames } from "../course/track.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { grade, smallCourse } from "../testing/small-course.ts";
import { track } from "./track.ts";

test("lists the tracks, how far each is, and which is followed", async () => {
  using course = smallCourse("01-packets", "04-framing");
  course.write("tracks/mine.txt", "# The first week\n04 # messages\npackets\n");
  course.write("tracks/other.txt", "1\n");
  grade(course, "04-framing", []);
  await runCommand(track, course, "mine");
  expect(await runCommand(track, course)).toEqual({
    code: 0,
    text: expect.stringMatching(
      /^> mine: 1 of 2 passed\n {4}The first week: 04 01\n {2}other: 0 of 1 passed\n {4}01\n\n/,
    ),
  });
});

test("follows one from what has not passed in it, and none again", async () => {
  using course = smallCourse("01-packets", "04-framing");
  course.write("tracks/mine.txt", "04\n");
  expect((await runCommand(track, course, "mine")).text).toBe(
    "You follow the track mine\n    04-framing\n\nNext: 04-framing. pnpm workshop\n",
  );
  expect(readProgress(course.root)).toMatchObject({ track: "mine", current: "04-framing" });
  await runCommand(track, course, "--none");
  expect(readProgress(course.root)).toMatchObject({ track: undefined, current: undefined });
});

test("begins behind what has passed, and says so when all of it has", async () => {
  using course = smallCourse("01-packets", "04-framing");
  course.write("tracks/mine.txt", "04\n01\n");
  grade(course, "04-framing", []);
  expect((await runCommand(track, course, "mine")).text).toContain("\nNext: 01-packets. pnpm workshop\n");
  grade(course, "01-packets", []);
  expect((await runCommand(track, course, "mine")).text).toContain("\nEvery exercise of it has passed.");
});

test.each([
  ["04\n\nfarming\n", 'tracks/mine.txt, line 3: There is no exercise "farming". The nearest: 04-framing'],
  [
    "04, 01\n",
    'tracks/mine.txt, line 1: expected one exercise a line, got "04, 01". What the track is for stands behind a #',
  ],
  ["04\n4\n", "tracks/mine.txt, line 2: expected each exercise once, got 04-framing again"],
  ["# only words\n", "tracks/mine.txt: expected an exercise a line, got none"],
])("%j is no track, and the error says where", async (file, message) => {
  using course = smallCourse("01-packets", "04-framing");
  course.write("tracks/mine.txt", file);
  await expect(runCommand(track, course, "mine")).rejects.toThrow(message);
});

test("one that is no track is told behind the list of the others", async () => {
  using course = smallCourse("01-packets", "04-framing");
  course.write("tracks/a.txt", "Weeks 1 to 3\n01\n");
  course.write("tracks/b.txt", "# Bytes\n01\n");
  const { code, text } = await runCommand(track, course);
  expect(code).toBe(2);
  expect(text).toMatch(
    /b: 0 of 1 passed[^]*tracks\/a\.txt, line 1: expected one exercise a line, got "Weeks 1 to 3"/,
  );
});

test("a track that is not there is answered with those that are", async () => {
  using course = smallCourse();
  await expect(runCommand(track, course, "mine")).rejects.toThrow("tracks/ has none");
  course.write("tracks/other.txt", "04\n");
  await expect(runCommand(track, course, "mine")).rejects.toThrow("There are: other");
});

test("the course's own tracks are tracks, and fit the screen", async () => {
  const course = openCourse();
  const tracks = trackNames(course).map((name) => readTrack(course, name));
  expect(
    tracks.map(({ name, labels }) => `${name}: ${labels.map((label) => label.slice(0, 2)).join(" ")}`),
  ).toContain("onboarding: 04 07 11 14");
  expect(tracks.filter(({ title }) => title === "")).toEqual([]);
  expect(widest((await runCommand(track, course)).text)).toBeLessThanOrEqual(80);
});
