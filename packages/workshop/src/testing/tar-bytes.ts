/** A file in an archive. What is not said is as an honest tool writes it. */
export interface TarEntry {
  name: string;
  content?: string | Buffer;
  /** tar(5): `0` a file, `1` a hard link, `2` a symbolic link, `3` and `4` devices, `5` a folder, `6` a FIFO, `x` attributes of the next. */
  type?: string;
  linkname?: string;
  /** What the header says. */
  size?: number;
}

const block = 512;

/** A tar archive, byte by byte, so that it can lie: tar(5), "POSIX ustar Archives". */
export function tarBytes(entries: TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap((entry) => entryBytes(entry)), Buffer.alloc(2 * block)]);
}

/** What says, in front of an entry, that its path is another: tar(5), "Pax Interchange Format". */
export function paxPath(path: string): TarEntry {
  const record = ` path=${path}\n`;
  let length = Buffer.byteLength(record);
  while (Buffer.byteLength(`${length}${record}`) > length) length++;
  return { name: "PaxHeader", type: "x", content: `${length}${record}` };
}

function entryBytes({ name, content = "", type = "0", linkname = "", size }: TarEntry): Buffer[] {
  const body = Buffer.from(content);
  const header = Buffer.alloc(block);
  header.write(name, 0, 100);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${(size ?? body.length).toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(type, 156);
  header.write(linkname, 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, body, Buffer.alloc(-body.length & (block - 1))];
}
