import type { Buffer } from "node:buffer";

/** Back-pressure left aside: the chunks are there already, and waiting would only slow a stream down. */
export function writeAll(stream: NodeJS.WritableStream, chunks: Iterable<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on("error", reject).on("finish", () => setImmediate(resolve));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
  });
}
