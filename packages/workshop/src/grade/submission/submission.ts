/** Something that was handed in, found but not yet read: of hundreds, only those at work are in memory. */
export interface SubmissionSource {
  /** Unique among those found together, and fit for a file's name: `alice`. */
  id: string;
  /** The name as it was written, of which the id is made: `Zoë O'Brien`. Printable. */
  name: string;
  /** Where it is, as it was named: `class/alice.zip`, `origin/alice`. Printable. */
  source: string;
  kind: "folder" | "git" | "tar" | "zip";
  /** Reads it whole. What is wrong with it is told in the submission: never thrown. */
  read: () => Promise<Submission>;
}

/** All that was found. */
export interface FoundSubmissions {
  /** Sorted by id. */
  sources: SubmissionSource[];
  /** What a person should look at, in sentences: files that are nobody's, two submissions under one name. Printable. */
  notices: string[];
}

/** What was handed in: files an exercise asks for, and the names of all others. Every name and sentence is printable. */
export interface Submission {
  /** Files that were left out though they have the name of an answer's file, with the reason, in a sentence for the learner. */
  refused: { path: string; reason: string }[];
  /** Files that no exercise asks for: not used. At most 100 are named. */
  ignored: string[];
  /** How many there were in all. */
  ignoredCount: number;
  /** Why nothing could be taken from it at all, in a sentence. */
  problem?: string;
  /** By the exercise's label. None where not one of its files was handed in. */
  answers: Map<string, Answer>;
}

/** One learner's files for one exercise. */
export interface Answer {
  /** By the path in the exercise's folder, with `/`: only those that the exercise names. */
  files: Map<string, Uint8Array>;
  /** SHA-256 over the sorted paths, lengths and contents, hexadecimal. */
  hash: string;
  /** Whether it is the untouched stub, byte for byte. */
  isStub: boolean;
  /** What it imports of the course's packages, sorted: `@tcpip-workshop/core`. Found in the text, so a comment may name one too. */
  imports: string[];
}
