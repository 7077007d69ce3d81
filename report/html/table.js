"use strict";
// The table of all variants: sorted by the buttons in its header, filtered by name and verdict. Charts show what the
// filter leaves.

/** Calls `use` with the rows that are left, whenever that changes; no filter: null. */
function enhanceVariants(use) {
  const table = document.getElementById("all-variants");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  [...table.tHead.rows[0].cells].forEach((header, column) => makeSortable(table, header, column));
  const bar = filterBar(rows, use);
  table.closest(".scroll").before(bar);
}

/** The header's text becomes a button; pressing it again turns the order round. */
function makeSortable(table, header, column) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  header.setAttribute("aria-sort", "none");
  button.addEventListener("click", () => {
    const ascending = header.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    sortRows(table.tBodies[0], column, ascending);
  });
}

/** Cells without a figure stay last either way. */
function sortRows(body, column, ascending) {
  const keyed = [...body.rows].map((row) => ({ row, key: sortKey(row.cells[column]) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key, ascending ? 1 : -1));
  body.append(...keyed.map(({ row }) => row));
}

function sortKey(cell) {
  if (!cell) return "";
  return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
}

function compareKeys(a, b, direction) {
  const numbers = typeof a === "number" && typeof b === "number";
  if (numbers) return direction * (a - b);
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  if (a === "" || b === "") return (a === "") - (b === "");
  return direction * a.localeCompare(b, "en", { numeric: true });
}

function filterBar(rows, use) {
  const bar = document.createElement("div");
  bar.className = "controls";
  const name = labelled("Name contains", Object.assign(document.createElement("input"), { type: "search", id: "filter-name" }));
  const verdicts = [...new Set(rows.map((row) => row.dataset.verdict))].sort();
  const verdict = labelled("Verdict", choice("filter-verdict", [["", "all"], ...verdicts.map((word) => [word, word])]));
  const count = document.createElement("output");
  count.setAttribute("role", "status");
  const apply = () => {
    const left = filterRows(rows, name.control.value, verdict.control.value);
    count.textContent = `${left.length} of ${counted(rows.length, "variant")}`;
    use(left.length === rows.length ? null : new Set(left.map((row) => Number(row.dataset.row))));
  };
  name.control.addEventListener("input", apply);
  verdict.control.addEventListener("change", apply);
  count.textContent = counted(rows.length, "variant");
  bar.append(name.label, verdict.label, count);
  return bar;
}

/** All words must occur in the name. */
function filterRows(rows, text, verdict) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const name = row.cells[0].textContent.toLowerCase();
    const fits = words.every((word) => name.includes(word)) && (!verdict || row.dataset.verdict === verdict);
    row.hidden = !fits;
    return fits;
  });
}

/** "1 variant", "5 variants" */
const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A label around a control. */
function labelled(text, control) {
  const label = document.createElement("label");
  label.append(text, " ", control);
  return { label, control };
}

/** A select of [value, text] pairs. */
function choice(id, pairs) {
  const select = Object.assign(document.createElement("select"), { id });
  for (const [value, text] of pairs) select.append(new Option(text, value));
  return select;
}
