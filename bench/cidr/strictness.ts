// Writes the table of README.md in packages/core: what each library makes of texts that readers disagree about.
//   tsx bench/cidr/strictness.ts            writes it
//   tsx bench/cidr/strictness.ts --check    fails where it is not what a run would write
//   tsx bench/cidr/strictness.ts --list     prints every wrong answer
import { readFileSync, writeFileSync } from "node:fs";
import { formatAddress } from "@tcpip-workshop/core/cidr";
import { readers } from "./readers.ts";
import type { Reader } from "./readers.ts";
import { addresses, blocks } from "./spellings.ts";
import type { Spelling } from "./spellings.ts";

interface Wrong {
  readonly spelling: Spelling;
  /** As `Spelling.means`; undefined where it refused. */
  readonly read: string | undefined;
}

const README = new URL("../../packages/core/README.md", import.meta.url);
const [BEGIN, END] = ["<!-- strictness: bench/cidr/strictness.ts writes this -->", "<!-- /strictness -->"];

const option = process.argv[2];
if (option === "--list") list();
else place(table());

function place(text: string): void {
  const before = readFileSync(README, "utf8");
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`Expected ${BEGIN} and ${END} in ${README.pathname}`);
  const after = `${before.slice(0, begin + BEGIN.length)}\n${text}\n${before.slice(end)}`;
  const [ours] = readers;
  const mistakes = wrongs(ours!, addresses, "address").length + wrongs(ours!, blocks, "block").length;
  if (mistakes > 0) throw new Error(`Expected core to be wrong about none, got ${mistakes}: see --list`);
  if (option !== "--check") writeFileSync(README, after);
  else if (before !== after)
    throw new Error("Expected the strictness table of packages/core/README.md to be up to date");
}

function table(): string {
  const rows = readers.map((reader) => {
    const inAddresses = wrongs(reader, addresses, "address");
    const inBlocks = wrongs(reader, blocks, "block");
    const all = [...inAddresses, ...inBlocks];
    return { reader, inAddresses, inBlocks, all };
  });
  const lines = rows
    .toSorted((a, b) => a.all.length - b.all.length)
    .map(({ reader, inAddresses, inBlocks, all }) => {
      const blockCell = reader.block === undefined ? "–" : score(reader, inBlocks, blocks);
      const examples = telling(all).map(example).join(", ");
      return `| ${reader.name} | ${score(reader, inAddresses, addresses)} | ${blockCell} | ${examples} |`;
    });
  return [
    `| | wrong of ${addresses.length} addresses | wrong of ${blocks.length} blocks | for example |`,
    "|---|---:|---:|---|",
    ...lines,
  ].join("\n");
}

/** Only what the library says it reads is asked of it. */
function asked(reader: Reader, spellings: readonly Spelling[]): readonly Spelling[] {
  return reader.ipv4Only === true ? spellings.filter(({ text }) => !text.includes(":")) : spellings;
}

function score(reader: Reader, wrong: Wrong[], spellings: readonly Spelling[]): string {
  return reader.ipv4Only === true
    ? `${wrong.length} (of ${asked(reader, spellings).length} IPv4)`
    : String(wrong.length);
}

function wrongs(reader: Reader, spellings: readonly Spelling[], kind: "address" | "block"): Wrong[] {
  const read = reader[kind];
  if (read === undefined) return [];
  return asked(reader, spellings)
    .map((spelling) => ({ spelling, read: attempt(read, spelling.text) }))
    .filter((wrong) => wrong.read !== wrong.spelling.means);
}

function attempt(read: (text: string) => string, text: string): string | undefined {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}

/** Two that show it best: a wrong address first of all, then other text that is taken for an address. */
function telling(wrong: Wrong[]): Wrong[] {
  const accepted = wrong.filter(({ read }) => read !== undefined);
  const octal = accepted.filter(({ spelling }) => spelling.text === "010.0.0.1");
  const rest = accepted.filter(({ spelling }) => spelling.text !== "010.0.0.1" && spelling.text.length > 2);
  return [...octal, ...rest, ...wrong.filter(({ read }) => read === undefined)].slice(0, 2);
}

function example({ spelling, read }: Wrong): string {
  const text = `\`${JSON.stringify(spelling.text).slice(1, -1)}\``;
  return read === undefined ? `${text} refused` : `${text} read as ${spelled(read)}`;
}

function spelled(read: string): string {
  const [, family, digits, length] = /^(\d):(-?[0-9a-f.]+|NaN)(?:\/(.*))?$/.exec(read) ?? [];
  if (family === undefined || !/^[0-9a-f]+$/.test(digits!)) return "no number";
  const value = BigInt(`0x${digits}`);
  if (value >= 1n << (family === "6" ? 128n : 32n)) return `the number ${value}`;
  return formatAddress(family === "6" ? value : Number(value)) + (length === undefined ? "" : `/${length}`);
}

function list(): void {
  for (const reader of readers) {
    const all = [...wrongs(reader, addresses, "address"), ...wrongs(reader, blocks, "block")];
    console.log(`${reader.name}: ${all.length}`);
    for (const wrong of all) console.log(`  ${example(wrong)}`);
  }
}
