/** How an answer's process can fail a test without returning or throwing: a closed list. */
export type AnswerFailureCode =
  /** The file could not be loaded: it does not parse, or threw while it was loaded. */
  | "NOT_LOADED"
  /** The file has no such export, or it is not what the suite needs. */
  | "NO_EXPORT"
  /** An object of the answer's has no such method. */
  | "NO_METHOD"
  /** A call used its whole deadline while the process was computing. */
  | "NEVER_RETURNED"
  /** A call's promise was still pending at the deadline while the process was idle. */
  | "NEVER_SETTLED"
  /** The process exited or was killed by a signal of its own making. */
  | "DIED"
  /** Its memory passed the limit. */
  | "TOO_MUCH_MEMORY"
  /** A value came back, or went out, that cannot cross. */
  | "CANNOT_CROSS"
  /** Bytes on fd 3 that our own host did not write. */
  | "FORGED_FRAME"
  /** The call was cut off because the process ended for another call's sake. */
  | "ENDED";

/** Those that are found in the answer's process, by our own code there: they cross as what they are, and not as something thrown. */
export const foundOverThere: ReadonlySet<string> = new Set<AnswerFailureCode>([
  "NO_METHOD",
  "CANNOT_CROSS",
  "FORGED_FRAME",
]);

/** What the answer's process did, in words for the learner; the message is the problem line of a failure. */
export class AnswerFailure extends Error {
  override readonly name = "AnswerFailure";
  readonly code: AnswerFailureCode;

  constructor(code: AnswerFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
