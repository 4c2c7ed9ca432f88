import type { Exercise } from "@tcpip-workshop/grader/early";
import type { Course } from "../../course/course.ts";
import type { SubmissionSource } from "./submission.ts";

/**
 * Finds what was handed in, without reading it.
 *
 * @param args as they were typed: folders, archives, folders of many of these, or git refs of the course's repository
 * @param exercises those that are asked for
 * @throws {UserError} when an argument is none of these
 */
export async function findSubmissions(
  args: string[],
  course: Course,
  exercises: Exercise[],
): Promise<SubmissionSource[]> {
  throw new Error(`Not yet: ${args.join(" ")} ${course.root} ${exercises.length}`);
}
