/** RFC 3986 §3.2.2, `IPv4address`. */
export const strictAddress = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])(?:\.(?!$)|$)){4}$/;

/** Every way to put one of these into a good address, or in the place of one of its own characters. */
export function slips(one: string): string[] {
  return Array.from("9. -e").flatMap((character) =>
    Array.from({ length: one.length + 1 }, (_, at) => at).flatMap((at) => [
      one.slice(0, at) + character + one.slice(at),
      one.slice(0, at) + character + one.slice(at + 1),
    ]),
  );
}
