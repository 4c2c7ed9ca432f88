import type { GradeReport } from "../grade-report.ts";
import { timeText } from "../summary.ts";
import { constant, html, type Html } from "./html.ts";
import { sortScript, sortScriptHash } from "./sort-script.ts";
import { style, styleHash } from "./style.ts";

export interface Page {
  title: string;
  /** Where the skip links lead: ids and what is there. */
  skips: [id: string, text: string][];
  header: Html;
  main: Html;
  footer: Html;
  /** A class's table can be sorted; a learner's page is read like a letter, and not wider than one. */
  kind: "class" | "learner";
}

/**
 * A document that needs nothing but itself: opened from a disk, a mail, an artefact. Its policy lets in the one style sheet and
 * the one script, by their hashes, and nothing else, whatever might have got into the text.
 */
export function pageHtml({ title, skips, header, main, footer, kind }: Page): string {
  const policy = `default-src 'none'; img-src data:; style-src '${styleHash}'; script-src ${kind === "class" ? `'${sortScriptHash}'` : "'none'"}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${sheet}
      </head>
      <body class="${kind}-page">
        ${skips.map(([id, text]) => html`<a class="skip" href="#${id}">${text}</a>`)}
        <header>${header}</header>
        <main id="main">${main}</main>
        <footer>${footer}</footer>
        ${kind === "class" && script}
      </body>
    </html>`.toString();
}

/** A point in time, for people and for programs. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${timeText(iso)}</time>`;
}

/** What graded, and when. */
export function graderHtml({ versions, startedAt, finishedAt }: GradeReport): Html {
  return html`<h2 id="grader">What graded</h2>
    <dl class="facts">
      <div>
        <dt>From</dt>
        <dd>${time(startedAt)}</dd>
      </div>
      <div>
        <dt>To</dt>
        <dd>${time(finishedAt)}</dd>
      </div>
      ${Object.entries(versions).map(
        ([name, version]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${version}</dd>
          </div>`,
      )}
    </dl>`;
}

// Whole, so that no space comes between a tag and what is hashed.
const sheet = constant(`<style>${style}</style>`);
const script = constant(`<script>${sortScript}</script>`);
