/** A file of a submission. A link has a target in place of a content. */
export interface Entry {
  /** Relative to the submission's folder, with `/`. */
  path: string;
  content?: Buffer;
  link?: string;
}

/** What must come of an answer. */
export interface Expected {
  status: "pass" | "fail" | "error" | "absent";
  /** The title of the first test that must fail; any, where nothing is said. */
  firstFailed?: string;
  /** What the reason must speak of. */
  reason?: RegExp;
}

export const kinds = [
  "solution",
  "untouched stub",
  "known mistake",
  "cheat",
  "syntax error",
  "missing file",
  "link in place of a file",
  "file of 1 MB",
  "path that leads out",
  "half an archive",
] as const;
export type Kind = (typeof kinds)[number];
/** What is not of an answer, but of all that a learner hands in. */
export type AnswerKind = Exclude<Kind, "half an archive">;

/** What a learner hands in for one exercise, and what must come of it. */
export interface HandedIn {
  kind: Kind;
  /** Which mistake, which cheat. */
  name?: string;
  /** `04-framing`. */
  label: string;
  entries: Entry[];
  expected: Expected;
  /** The paths of it that must be refused. */
  refused: string[];
}

export const forms = ["folder", "tar.gz", "zip"] as const;
export type Form = (typeof forms)[number];

export interface Learner {
  /** `learner-007`, also in the report. */
  id: string;
  form: Form;
  handedIn: HandedIn[];
  /** Whether the archive was cut off on its way. */
  isCutOff: boolean;
}
