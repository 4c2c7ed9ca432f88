import type { IncomingMessage, ServerResponse } from "node:http";

/** The page loads its own files, asks its own server, and nothing else: no foreign script, font, picture, frame or form. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** On every response: nothing is kept, nothing is guessed, nobody else may read or frame it, and no link tells where it came from. */
export const headers = {
  "content-security-policy": policy,
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Answers with a text; to HEAD with its headers alone. */
export function respond(
  response: ServerResponse,
  status: number,
  text: string,
  more: { [header: string]: string } = {},
): void {
  response.writeHead(status, {
    ...headers,
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...more,
  });
  response.end(text);
}

/** The most bytes of a request's body. */
const mostBytes = 4096;

/** The body as an object of texts and numbers; nothing when it is none, or too long. */
export async function readBody(request: IncomingMessage): Promise<{ [name: string]: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  if (length === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return typeof body === "object" && body !== null ? (body as { [name: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}
