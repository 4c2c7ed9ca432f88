import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { UserError } from "../../course/user-error.ts";

/**
 * Reports inside of a submission, or of a class, would be the next run's submissions.
 *
 * @throws {UserError} when the folder lies in one of these
 */
export function refuseOutWithin(out: string, submissions: string[]): void {
  const path = real(resolve(out));
  for (const submission of submissions) {
    if (!existsSync(submission)) continue;
    const its = real(resolve(submission));
    if (path === its || path.startsWith(its.endsWith(sep) ? its : its + sep))
      throw new UserError(`Expected --out outside of what is graded, but "${out}" is in "${submission}"`);
  }
}

/** The real path, of as much of it as is there. */
function real(path: string): string {
  if (existsSync(path) || dirname(path) === path) return realpathSync(path);
  return real(dirname(path)) + sep + path.slice(dirname(path).length).replace(/^[/\\]/, "");
}
