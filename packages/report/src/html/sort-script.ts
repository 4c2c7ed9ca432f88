/**
 * Makes the columns of the class table sortable. Plain JavaScript, run as it stands here: without it the heads are words, and
 * nothing else is missing. Rows are moved, never written, so that nothing from a report is read as HTML.
 */
export const sortScript = `
"use strict";
const table = document.querySelector("table.class");
const body = table.tBodies[0];
const said = document.getElementById("sorted");
const collator = new Intl.Collator(undefined, { numeric: true });
const heads = [...table.tHead.rows[0].cells];
heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const wasUp = head.getAttribute("aria-sort") === "ascending";
    const isFirst = !head.hasAttribute("aria-sort");
    // What needs a look comes first: low points. Names begin with A.
    const up = isFirst || !wasUp;
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keys = new Map([...body.rows].map((row) => {
      const cell = row.cells[column];
      return [row, cell.dataset.k === undefined ? cell.textContent : Number(cell.dataset.k)];
    }));
    const sign = up ? 1 : -1;
    const rows = [...keys.keys()].sort((a, b) => {
      const [one, two] = [keys.get(a), keys.get(b)];
      return sign * (typeof one === "number" ? one - two : collator.compare(one, two));
    });
    body.append(...rows);
    said.textContent = "Sorted by " + button.textContent + ", " + (up ? "lowest" : "highest") + " first";
  });
});
`;

/** What the page's policy lets in; a test keeps it true. */
export const sortScriptHash = "sha256-+1X1zfeKkacBAy7Wa+ZEv3xqcaOnnzGVhAkungCFVY0=";
