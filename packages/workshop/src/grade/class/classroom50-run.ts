import type { Classroom50Run } from "@tcpip-workshop/report";

/** What Classroom 50's runner says of a submission in the environment; nothing where it does not run us. */
export function classroom50Run(env: NodeJS.ProcessEnv): Classroom50Run | undefined {
  const {
    CLASSROOM,
    ASSIGNMENT,
    ASSIGNMENT_TYPE,
    OWNER,
    SUBMISSION_TAG,
    COMMIT_URL,
    RELEASE_URL,
    REVIEW_URL,
  } = env;
  // The tag holds when it was handed in: `submit/2026-06-01T14-32-05Z-a1b2c3d`.
  const [, day, hour, minute, second] =
    /^submit\/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z/.exec(SUBMISSION_TAG ?? "") ?? [];
  const datetime = `${day}T${hour}:${minute}:${second}Z`;
  if (!SUBMISSION_TAG || day === undefined || Number.isNaN(Date.parse(datetime))) return undefined;
  if (!CLASSROOM || !ASSIGNMENT || !OWNER || !COMMIT_URL || !RELEASE_URL) return undefined;
  return {
    classroom: CLASSROOM,
    assignment: ASSIGNMENT,
    assignmentType: ASSIGNMENT_TYPE === "group" ? "group" : "individual",
    owner: OWNER,
    submission: SUBMISSION_TAG,
    commit: COMMIT_URL,
    release: RELEASE_URL,
    ...(REVIEW_URL && { review: REVIEW_URL }),
    datetime,
  };
}
