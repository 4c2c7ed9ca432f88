/** How much of a submission is looked at. What is beyond is refused, and says so. */
export interface Limits {
  /** Bytes of one file of an answer. */
  fileBytes: number;
  /** Bytes of an archive as it was handed in. */
  archiveBytes: number;
  /** Bytes that are read of a submission, once unpacked. */
  unpackedBytes: number;
  /** Files and folders in it. */
  entries: number;
  /** Folders within folders. */
  depth: number;
}

const MiB = 1024 * 1024;

export const defaultLimits: Limits = {
  fileBytes: 256 * 1024,
  archiveBytes: 64 * MiB,
  unpackedBytes: 64 * MiB,
  entries: 10_000,
  depth: 8,
};

/** Nothing could be taken from a submission at all: its problem, in a sentence for the learner. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

/** `256 KiB`, `1.5 MiB`, `100 bytes`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [amount, unit] = bytes < MiB ? [bytes / 1024, "KiB"] : [bytes / MiB, "MiB"];
  return `${Math.round(amount * 10) / 10} ${unit}`;
}
