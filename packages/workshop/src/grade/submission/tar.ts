import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Parser } from "tar/parse";
import type { ReadEntry } from "tar/read-entry";
import { hardLinkReason, linkReason, otherReason } from "./folder.ts";
import type { Found, Intake } from "./intake.ts";
import { UnreadableError } from "./limits.ts";
import { shownName } from "./names.ts";

/**
 * Tells the intake of everything in a tar archive, plain or through gzip, as it streams by. Stops at the first byte beyond a limit.
 *
 * @throws {UnreadableError} when it is none, is damaged, or holds more than the limits allow
 */
export async function readTar(file: FileHandle, intake: Intake): Promise<void> {
  // Not loaded by those who have no such archive.
  const { Parser: TarParser } = await import("tar/parse");
  const warnings: string[] = [];
  const parser = new TarParser({
    // What was unpacked once is not unpacked again, be it gzip in gzip or zstd in gzip.
    maxDecompressionRatio: 0,
    brotli: false,
    onwarn: (_code, message) => warnings.push(message),
  });
  const end = { seen: false };
  parser.on("entry", (entry) => take(entry, intake));
  parser.on("ignoredEntry", (entry) => leave(entry, intake, warnings));
  parser.on("eof", () => (end.seen = true));
  const zipped = (await firstBytes(file)).equals(Buffer.from([0x1f, 0x8b]));
  const source = file.createReadStream({ start: 0, autoClose: false });
  const feed = (chunks: AsyncIterable<Buffer>): Promise<void> => parse(chunks, parser, intake, warnings, end);
  try {
    if (zipped) await pipeline(source, createGunzip(), feed);
    else await pipeline(source, feed);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    // The rest was not read, on purpose.
    if (end.seen && error instanceof Error && error.name === "AbortError") return;
    throw new UnreadableError(`Expected a tar archive, got one that is damaged: ${messageOf(error)}`);
  }
}

async function parse(
  chunks: AsyncIterable<Buffer>,
  parser: Parser,
  intake: Intake,
  warnings: string[],
  end: { seen: boolean },
): Promise<void> {
  for await (const chunk of chunks) {
    intake.unpack(chunk.length);
    parser.write(chunk);
    complain(warnings);
    // tar(5): two blocks of zeros end it. What follows is no part of it, and could be anything.
    if (end.seen) return;
  }
  parser.end();
  complain(warnings);
}

function take(entry: ReadEntry, intake: Intake): void {
  intake.count();
  const chunks: Buffer[] = [];
  const large = intake.tooLarge(entry.size);
  const wanted = isFile(entry) && large === undefined && intake.wants(entry.path);
  entry.on("data", (chunk) => {
    if (wanted) chunks.push(chunk);
  });
  entry.on("end", () => {
    if (entry.type === "Directory") return;
    intake.add(entry.path, found(entry, large, wanted ? Buffer.concat(chunks) : undefined));
  });
}

function found(entry: ReadEntry, large: string | undefined, bytes: Buffer | undefined): Found {
  if (entry.type === "SymbolicLink") return { type: "left", reason: linkReason };
  if (entry.type === "Link") return { type: "left", reason: hardLinkReason };
  if (!isFile(entry)) return { type: "left", reason: otherReason };
  if (large !== undefined) return { type: "left", reason: large };
  if (bytes === undefined) return { type: "file" };
  if (bytes.length !== entry.size) return { type: "left", reason: "Expected a whole file, got a part of it" };
  return { type: "file", bytes: new Uint8Array(bytes) };
}

/** What the parser does not read: sparse files, volume labels, and names beyond its limit (1 MiB), without which the next is no file. */
function leave(entry: ReadEntry, intake: Intake, warnings: string[]): void {
  intake.count();
  if (entry.meta) warnings.push("a name or an attribute of more than 1 MiB");
  else intake.add(entry.path, { type: "left", reason: otherReason });
}

function isFile({ type }: ReadEntry): boolean {
  return type === "File" || type === "OldFile" || type === "ContiguousFile";
}

function complain([warning]: string[]): void {
  if (warning !== undefined)
    throw new UnreadableError(`Expected a tar archive, got one that is damaged: ${shownName(warning)}`);
}

async function firstBytes(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(2);
  await file.read(buffer, 0, 2, 0);
  return buffer;
}

function messageOf(error: unknown): string {
  return shownName(error instanceof Error ? error.message : String(error));
}
