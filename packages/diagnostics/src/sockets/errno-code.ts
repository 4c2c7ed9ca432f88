/** `ENOENT` and the like; the whole error in words where it has none. */
export function errnoCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
