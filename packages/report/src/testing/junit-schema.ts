import { readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";

const schema = readFileSync(new URL("junit-10.xsd", import.meta.url), "utf8");

/** What libxml2 finds wrong with documents: their XML, and what Jenkins's schema says of it. */
export async function junitErrors(documents: string[]): Promise<string[]> {
  const xml = documents.map((contents, place) => ({ fileName: `${place}.xml`, contents }));
  // 4096 pages are 256 MB.
  const { valid, errors, rawOutput } = await validateXML({ xml, schema, maxMemoryPages: 4096 });
  return valid ? [] : errors.length > 0 ? errors.map(({ rawMessage }) => rawMessage) : [rawOutput];
}
