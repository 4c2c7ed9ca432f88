/** What one look at the machine has found. */
export interface Finding {
  /** What was looked at: `user namespaces`. */
  name: string;
  /** `works`; `limits`: the course does without, with less; `stops`: exercises cannot be graded. */
  state: "works" | "limits" | "stops";
  /** What is there, in a few words. */
  found: string;
  /** What the lack of it costs: which exercises, or which parts of a lesson. */
  costs?: string;
  /** How to get it, here. */
  get?: string;
}

/** One look. It must not hang for good: {@link examine} goes on without it. */
export interface Look {
  name: string;
  /** What it costs if nobody can tell. */
  costs: string;
  take: () => Promise<Finding>;
}

/** Milliseconds for one look; all are taken at the same time. */
const deadline = 1500;

/** Takes all looks side by side. One that breaks, or does not end in time, is a finding too. */
export function examine(looks: Look[], longest = deadline): Promise<Finding[]> {
  return Promise.all(
    looks.map(async ({ name, costs, take }) => {
      const limits = (found: string): Finding => ({ name, state: "limits", found, costs });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Finding>((resolve) => {
        timer = setTimeout(() => resolve(limits(`no answer within ${longest / 1000} s`)), longest);
      });
      const found = take().catch((error: unknown) =>
        limits(`could not be found out: ${error instanceof Error ? error.message : String(error)}`),
      );
      try {
        return await Promise.race([found, late]);
      } finally {
        clearTimeout(timer);
      }
    }),
  );
}
