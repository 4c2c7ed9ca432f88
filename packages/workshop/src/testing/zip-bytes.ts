import { crc32, deflateRawSync } from "node:zlib";

/** A file in an archive. What is not said is as an honest tool writes it. */
export interface ZipEntry {
  name: string | Buffer;
  content?: string | Buffer;
  /** APPNOTE.TXT 4.4.5: 0 is stored, 8 is deflated. */
  method?: number;
  /** APPNOTE.TXT 4.4.4: 1 is encrypted, 0x800 is a name in UTF-8. */
  flags?: number;
  /** As in stat(2), with the file's type. */
  mode?: number;
  /** What is in the archive, where it is not what `content` packs to. */
  packed?: Buffer;
  /** What the archive says. */
  size?: number;
  crc?: number;
  extra?: Buffer;
  /** The local header of this entry is that of another one, by its index. */
  sharedWith?: number;
}

/** A zip archive, byte by byte, so that it can lie: APPNOTE.TXT 4.3. */
export function zipBytes(entries: ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const offsets: number[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content ?? "");
    const method = entry.method ?? 8;
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const extra = entry.extra ?? Buffer.alloc(0);
    // Version, flags, method, time, date, checksum, packed size, size, lengths of name and extra field: the same in both headers.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0x800, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(entry.crc ?? crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.size ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    common.writeUInt16LE(extra.length, 24);
    const start = entry.sharedWith === undefined ? offset : (offsets[entry.sharedWith] ?? 0);
    offsets.push(start);
    if (entry.sharedWith === undefined) {
      const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, extra, packed]);
      locals.push(local);
      offset += local.length;
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    rest.writeUInt32LE(start, 10);
    // 3 in the upper byte: made on Unix, so the attributes hold a mode.
    central.push(Buffer.from("PK\x01\x02"), Buffer.of(20, 3), common, rest, name, extra);
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
