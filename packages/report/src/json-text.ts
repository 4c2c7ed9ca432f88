/** JSON on one line that may also stand in a page: `<` is written `\u003c`, so that nothing in it ends a `<script>`. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
}
