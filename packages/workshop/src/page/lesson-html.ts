import { posix } from "node:path";
import { Marked, type RendererObject } from "marked";

/**
 * A lesson as HTML. What is HTML in the Markdown is shown as text; links lead into the page, to a file as text, or out;
 * a picture becomes the link to it.
 *
 * @param folder where the lesson lies, from the project's root: `exercises/04-framing`
 */
export function lessonHtml(markdown: string, folder: string): string {
  return new Marked({ renderer: rendererFor(folder, new Set()) }).parse(markdown, { async: false });
}

function rendererFor(folder: string, ids: Set<string>): RendererObject {
  return {
    html: ({ text }) => escapeHtml(text),
    image: ({ href, text }) => link(href, escapeHtml(text), folder),
    link({ href, tokens }) {
      return link(href, this.parser.parseInline(tokens), folder);
    },
    heading({ depth, tokens, text }) {
      const id = uniqueId(text, ids);
      // The page has a heading of its own above the lesson's.
      const level = Math.min(depth + 1, 6);
      return `<h${level} id="${id}" tabindex="-1">${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    // What is wider than the screen scrolls by itself, with the keyboard too.
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`,
    table({ header, rows }) {
      const row = (cells: typeof header, name: "th" | "td"): string => {
        const scope = name === "th" ? ' scope="col"' : "";
        return `<tr>${cells.map(({ tokens }) => `<${name}${scope}>${this.parser.parseInline(tokens)}</${name}>`).join("")}</tr>`;
      };
      // A table without words in its header has none.
      const head = header.every(({ text }) => text === "") ? "" : `<thead>${row(header, "th")}</thead>`;
      const body = rows.map((cells) => row(cells, "td")).join("\n");
      return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table>${head}<tbody>${body}</tbody></table></div>\n`;
    },
  };
}

function link(href: string, html: string, folder: string): string {
  const to = target(href, folder);
  if (to === undefined) return html;
  const out = /^https?:/.test(to) ? ' target="_blank" rel="noreferrer noopener"' : "";
  return `<a href="${escapeHtml(to)}"${out}>${html}</a>`;
}

/** Where a link leads from the page; nowhere for what it has no place for, such as `javascript:`. */
function target(href: string, folder: string): string | undefined {
  if (/^https?:\/\//.test(href)) return href;
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(href)) return undefined;
  const [path = "", anchor] = href.split("#");
  if (path === "") return anchor === undefined ? undefined : `#${prefix}${anchor}`;
  const inProject = posix.join(folder, path);
  if (inProject.startsWith("..") || posix.isAbsolute(path)) return undefined;
  const lesson = /^exercises\/(\d\d-[^/]+)(?:\/(?:README\.md)?)?$/.exec(inProject);
  if (lesson === null) return `file/${inProject}`;
  return `?lesson=${lesson[1]}${anchor === undefined ? "" : `#${prefix}${anchor}`}`;
}

/** Keeps the lesson's anchors apart from the page's own. */
const prefix = "lesson-";

/** As GitHub spells the anchors of headings. */
function uniqueId(text: string, ids: Set<string>): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
  let id = `${prefix}${plain}`;
  for (let count = 1; ids.has(id); count++) id = `${prefix}${plain}-${count}`;
  ids.add(id);
  return id;
}

function escapeHtml(text: string): string {
  const names: { [character: string]: string } = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => names[character] ?? character);
}
