/** An element of XML 1.0. Children are XML already: elements, or what `escapeXml` gave. */
export function element(
  name: string,
  attributes: { [name: string]: string | number | undefined },
  children: string[] = [],
): string {
  const head = name + attributesOf(attributes);
  return children.length === 0 ? `<${head}/>` : `<${head}>${children.join("")}</${name}>`;
}

export function attributesOf(attributes: { [name: string]: string | number | undefined }): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escapeXml(String(value))}"`))
    .join("");
}

/** Escaping `>` too leaves no `]]>`, which XML 1.0 (section 2.4) forbids in text. */
export function escapeXml(text: string): string {
  return text
    .replace(illegal, "\u{fffd}")
    .replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}

/** What is no Char of XML 1.0 (section 2.2), not even as a reference. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const illegal = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu;
