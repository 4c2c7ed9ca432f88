/** No font from elsewhere, no framework: the system's own letters. Colours by name, once for light and once for dark. */
export const style = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --soft: #f4f6f8; --line: #cbd2d9; --text: #1b2228; --dim: #4c5862; --link: #0b5c8a;
  --pass: #0d6232; --pass-back: #e3f4e9; --pass-fill: #3f9e66;
  --fail: #a31b29; --fail-back: #fce9ea; --fail-fill: #d2525e;
  --error: #774700; --error-back: #fdf0d5; --error-fill: #d99a2b;
  --absent: #4c5862; --absent-back: #ffffff; --absent-fill: #c3cad1;
  --share: #3c7ba6;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --back: #14181c; --soft: #1e242a; --line: #46515b; --text: #e4e9ed; --dim: #a9b4bd; --link: #7cc4ee;
    --pass: #7fdba2; --pass-back: #17301f; --pass-fill: #3f9e66;
    --fail: #ff9ba0; --fail-back: #3b1d21; --fail-fill: #d2525e;
    --error: #f3c271; --error-back: #38290f; --error-fill: #c58a22;
    --absent: #a9b4bd; --absent-back: #14181c; --absent-fill: #55616b;
    --share: #5b9dc9;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  max-width: 96rem; margin: 0 auto; padding: 1.5rem clamp(0.9rem, 3vw, 2.5rem) 2rem;
  color: var(--text); background: var(--back); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.75rem; font-size: 1.25rem; }
h3 { margin: 0 0 0.5rem; font-size: 1.05rem; }
p { margin: 0.5rem 0; max-width: 44rem; }
section { margin: 2.25rem 0; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
pre, code { font-family: var(--mono); font-variant-ligatures: none; }
code { font-size: 0.875em; }
summary { cursor: pointer; color: var(--link); }
header > p { margin: 0.25rem 0 0; color: var(--dim); }
.dim { color: var(--dim); }
.pass { color: var(--pass); } .fail { color: var(--fail); } .error { color: var(--error); } .absent { color: var(--absent); }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.skip { position: absolute; left: 0.5rem; top: -5rem; z-index: 5; padding: 0.5rem 1rem; background: var(--back); }
.skip:focus { top: 0.5rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-size: 0.9375rem; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--dim); font-size: 0.8125rem; }

.seal { margin: 1.5rem 0; padding: 1rem 1.25rem; color: var(--text); border: 1px solid; border-left-width: 6px; border-radius: 8px; }
.seal.pass { border-color: var(--pass-fill); background: var(--pass-back); }
.seal.fail { border-color: var(--fail-fill); background: var(--fail-back); }
.seal.error { border-color: var(--error-fill); background: var(--error-back); }
.seal h2 { margin: 0; }
.seal.pass .sign { color: var(--pass); } .seal.fail .sign { color: var(--fail); } .seal.error .sign { color: var(--error); }
.seal p { margin: 0.4rem 0; max-width: 66rem; }
.canaries { margin: 0.5rem 0 0; padding: 0; list-style: none; }
.canaries li { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 0 1rem; padding: 0.3rem 0; color: var(--text); }
.canaries li.pass .sign { color: var(--pass); } .canaries li.fail .sign { color: var(--fail); }

.calm { color: var(--dim); }
.looks { margin: 0; }
.looks > div { padding: 0.4rem 0; border-bottom: 1px solid var(--line); display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr); gap: 0 1rem; }
.notices { margin: 0 0 0.5rem; padding-left: 1.25rem; }
.looks dt { font-weight: 600; grid-column: 1; } .looks dd { margin: 0; grid-column: 2; }

.beside { display: grid; gap: 0 3rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.beside > section { margin: 1rem 0 0; }
.figures { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; margin: 0 0 1rem; }
.figures dt { color: var(--dim); font-size: 0.8125rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
.spread { width: 100%; max-width: 34rem; }
.spread th, .spread td { padding: 0.1rem 0; border: 0; vertical-align: middle; white-space: nowrap; }
.spread th { width: 6rem; color: var(--dim); font-weight: 400; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.spread td { display: flex; align-items: center; gap: 0.6rem; }
.spread .many { width: 2.2rem; text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: block; flex: 1; width: 100%; height: 0.85rem; border-radius: 2px; overflow: hidden; }
.bar .share { fill: var(--share); }
.bar .pass { fill: var(--pass-fill); } .bar .fail { fill: var(--fail-fill); } .bar .error { fill: var(--error-fill); } .bar .absent { fill: var(--absent-fill); }
.talk { margin: 0.75rem 0 0; padding-left: 1.4rem; }
.talk li { margin: 0 0 0.9rem; } .talk li::marker { color: var(--dim); font-weight: 600; }
.talk p { margin: 0.1rem 0; }

.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.25rem; max-width: none; font-size: 0.9375rem; }
.wide { position: relative; width: fit-content; max-width: 100%; max-height: min(85vh, 60rem); overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
.class { border-collapse: separate; border-spacing: 0; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.class th, .class td { padding: 0.25rem 0.35rem; white-space: nowrap; }
.class td { text-align: left; }
.class th:last-child, .class td:last-child { padding-right: 0.8rem; }
.class td i { display: inline-block; min-width: 0.9em; margin-right: 0.2em; font-style: normal; font-weight: 700; }
.class .note { color: var(--dim); }
.class td.pass { background: var(--pass-back); } .class td.fail { background: var(--fail-back); } .class td.error { background: var(--error-back); }
.class .total { text-align: right; padding-right: 0.9rem; }
.class thead th { position: sticky; top: 0; z-index: 2; height: 1px; color: var(--text); background: var(--soft); vertical-align: bottom; }
.class th:first-child { position: sticky; left: 0; z-index: 1; background: var(--back); min-width: 8.5rem; max-width: 14rem; white-space: normal; font-weight: 500; border-right: 1px solid var(--line); }
.class thead th:first-child { z-index: 3; background: var(--soft); font-weight: 600; }
.class tfoot th:first-child, .class tfoot td { background: var(--soft); font-weight: 600; }
.class tbody tr:hover th, .class tbody tr:hover td:nth-child(2) { background: var(--soft); }
.class:not(.few) .turned { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11rem; }
.class.few th:first-child { max-width: min(28rem, 45vw); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.class.few th, .class.few td { padding-inline: 0.75rem; }
.class thead button {
  display: flex; align-items: flex-end; gap: 0.3rem; width: 100%; height: 100%; min-height: 1.75rem; padding: 0; color: inherit;
  background: none; border: 0; font: inherit; text-align: left; cursor: pointer;
}
.class thead .total button { justify-content: flex-end; }
.class:not(.few) thead .exercise button { flex-direction: column-reverse; align-items: flex-start; justify-content: flex-start; }
.class thead button:hover { color: var(--link); text-decoration: underline; }
.class thead button::after { content: "↕"; color: var(--dim); font-weight: 400; }
.class thead [aria-sort="ascending"] button::after { content: "↑"; color: var(--link); font-weight: 700; }
.class thead [aria-sort="descending"] button::after { content: "↓"; color: var(--link); font-weight: 700; }
.class thead :focus-visible { outline-offset: -1px; }

.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); align-items: start; }
.card { margin: 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 8px; }
.missed { width: 100%; margin-top: 0.5rem; font-size: 0.875rem; }
.missed th[scope="row"] { font-weight: 400; }
.missed tr:last-child > * { border-bottom: 0; }
.missed .number { padding-right: 0; padding-left: 0.75rem; width: 5.5rem; }
.missed tbody .number { white-space: nowrap; }

.learner-page { max-width: 64rem; }
.score { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1.5rem; margin: 1rem 0 0.5rem; max-width: none; }
.score b { font-size: 2.5rem; line-height: 1.1; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.overview { width: 100%; max-width: 52rem; }
.overview td.state { white-space: nowrap; } .overview td.state .dim { display: block; min-width: 8rem; max-width: 24rem; white-space: normal; }
.overview .both { display: grid; grid-template-columns: 4.25rem max-content; align-items: center; gap: 0.75rem; white-space: nowrap; }
.overview .number { white-space: nowrap; }
.overview .bar { flex: none; width: 7rem; height: 0.6rem; }
.overview tfoot > tr > * { border-bottom: 0; font-weight: 650; }
.exercise-of { padding-top: 1.25rem; border-top: 1px solid var(--line); }
.exercise-of > h2 { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1.5rem; }
.exercise-of > h2 .state { font-size: 1rem; }
.first { margin: 1rem 0; padding: 0.9rem 1.1rem; border: 1px solid var(--fail-fill); border-left-width: 6px; border-radius: 8px; color: var(--text); }
.first h3 .sign { color: var(--fail); }
.first details { margin-top: 0.75rem; }
pre {
  margin: 0.75rem 0; padding: 0.75rem 1rem; overflow-x: auto; background: var(--soft); border-radius: 6px; font-size: 0.875rem;
  line-height: 1.4; overflow-wrap: normal; unicode-bidi: plaintext; tab-size: 4;
}
.advice { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.4rem 1rem; margin: 0.75rem 0 0; max-width: 52rem; }
.advice dt { color: var(--dim); font-weight: 600; } .advice dd { margin: 0; }
.tests { margin: 0.5rem 0; padding: 0; list-style: none; max-width: 60rem; }
.tests li { display: grid; grid-template-columns: 5rem minmax(0, 1fr) max-content; gap: 0 0.75rem; padding: 0.25rem 0; border-bottom: 1px solid var(--line); color: var(--text); }
.tests details { grid-column: 2 / -1; font-size: 0.9375rem; }
.again { max-width: none; } .again code { user-select: all; word-break: break-all; }
.tests li:last-child { border-bottom: 0; }
.tests .pass, .tests .fail { font-size: 0.9375rem; }
.facts { display: grid; gap: 0.15rem 2rem; margin: 0.5rem 0; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); font-size: 0.9375rem; }
.facts > div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 0.75rem; padding: 0.15rem 0; }
.facts.long { grid-template-columns: minmax(0, 1fr); } .facts.long > div { grid-template-columns: 7.5rem minmax(0, 1fr); }
.facts dt { color: var(--dim); } .facts dd { margin: 0; }
.files { margin: 0.25rem 0; padding-left: 1.25rem; }
footer { margin-top: 3rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: 0.9375rem; }
footer h2 { font-size: 1.05rem; }

@media (max-width: 34rem) {
  h1 { font-size: 1.4rem; }
  .looks > div { display: block; }
  .canaries li { display: block; }
  .card, .seal, .first { padding-inline: 0.85rem; }
  .class th:first-child { min-width: 6.5rem; max-width: 7rem; width: 7rem; }
  .class.few th:first-child { white-space: normal; overflow: visible; }
  .advice { grid-template-columns: minmax(0, 1fr); gap: 0; } .advice dd { margin-bottom: 0.5rem; }
  .score b { font-size: 1.75rem; }
  .figures { display: grid; grid-template-columns: max-content 1fr; } .figures dd { font-size: 1.15rem; white-space: nowrap; }
  .tests li { grid-template-columns: minmax(0, 1fr) max-content; padding: 0.4rem 0; }
  .tests li > :nth-child(2) { grid-area: 2 / 1 / auto / -1; } .tests details { grid-column: 1 / -1; }
  /* The tests are counted again below. */
  .overview th:nth-child(3), .overview td:nth-child(3) { display: none; }
  .overview { font-size: 0.875rem; } .overview th, .overview td { padding-right: 0.5rem; overflow-wrap: normal; }
  .overview td.state { white-space: normal; } .overview td.state .dim { overflow-wrap: anywhere; }
  .missed .number { width: 4.5rem; padding-left: 0.4rem; }
  .missed tbody .number { white-space: normal; }
  .facts > div { grid-template-columns: 6rem minmax(0, 1fr); }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
@media (forced-colors: active) {
  .bar rect { forced-color-adjust: none; }
}
@page { size: A4; margin: 15mm 13mm; }
@page wide { size: A4 landscape; margin: 10mm; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .skip, .class thead button::after { display: none; }
  .wide { max-height: none; overflow: visible; border: 0; }
  .class { font-size: 7.5pt; }
  .class thead th, .class th:first-child { position: static; }
  .class th, .class td { padding: 0.1rem 0.25rem; }
  .marks { page: wide; }
  a { color: inherit; text-decoration: none; }
  .learner-page { max-width: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8pt; border: 1px solid var(--line); }
  .tests .pass, .tests .fail { font-size: inherit; }
  .tests li { padding: 0.1rem 0; }
  tr, .card, .talk li, .tests li, .seal { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  .seal, td, rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { color: inherit; list-style: none; font-weight: 600; }
}
`;

/** What the page's policy lets in; a test keeps it true. */
export const styleHash = "sha256-QovcbZ/wcIeIFEqXHrDWmU1BWYgDg7zyHI+Tq5MD1xo=";
