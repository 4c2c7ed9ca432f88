/** A page that the learner keeps: what a suite has to tell beyond its verdict. */
export interface Page {
  title: string;
  /** Markdown, without the title. */
  text: string;
}

let kept: Page | undefined;

/** Becomes part of the verdict, of a failed one too; the last page of a suite stays. */
export function page(title: string, text: string): void {
  kept = { title, text };
}

/** The page of the suite that has run, once. */
export function takePage(): Page | undefined {
  const taken = kept;
  kept = undefined;
  return taken;
}
