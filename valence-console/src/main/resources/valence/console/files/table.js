// Tables of any length: of many rows only those in sight are in the page, with their place in the
// whole told to screen readers.

import { announce, h } from "./dom.js";
import { cell, compare, plain } from "./values.js";

const ALL_SHOWN_MAX = 120;
const BEYOND = 12; // rows made above and below those in sight
const ROW_PIXELS = 30;
const SAMPLE = 200;

function widths(columns, rows) {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  return columns.map((column, index) => {
    let chars = column.name.length + 4;
    for (let i = 0; i < rows.length; i += step) {
      const value = rows[i][index];
      chars = Math.max(chars, Math.min(52, plain(value).length + 3));
    }
    return chars;
  });
}

/**
 * A table that sorts by its columns.
 *
 * @param columns [{name, entity}]
 * @param rows    arrays of values
 */
export class ResultTable {
  #columns;
  #rows;
  #sorted;
  #view;
  #by = { column: -1, down: false };

  constructor(view, caption, columns, rows) {
    this.#view = view;
    this.#columns = columns;
    this.#rows = rows;
    this.#sorted = rows;
    this.body = h("tbody");
    const heads = columns.map((column, index) =>
      h(
        "th",
        { scope: "col", "aria-sort": "none" },
        h("button", { type: "button", onclick: () => this.#sort(index) }, column.name, h("span", { class: "arrow", "aria-hidden": "true" })),
      ),
    );
    this.heads = heads;
    const sizes = widths(columns, rows);
    const total = sizes.reduce((sum, each) => sum + each, 6);
    this.table = h(
      "table",
      { class: "grid", "aria-rowcount": rows.length + 1 },
      h("caption", { class: "sr" }, caption),
      h(
        "colgroup",
        null,
        h("col", { style: { width: `${Math.max(5, String(rows.length).length + 3)}ch` } }),
        sizes.map((chars) => h("col", { style: { width: `${chars}ch` } })),
      ),
      h("thead", null, h("tr", { "aria-rowindex": 1 }, h("th", { scope: "col", class: "row-number" }, h("span", { class: "sr" }, "Row")), heads)),
      this.body,
    );
    this.table.style.minWidth = `${total}ch`;
    this.element = h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": caption, onscroll: () => this.#show() },
      this.table,
    );
    new ResizeObserver(() => this.#show()).observe(this.element);
    this.#show(true);
  }

  /** The rows in the order in which they are shown. */
  get rows() {
    return this.#sorted;
  }

  #sort(column) {
    const down = this.#by.column === column && !this.#by.down;
    this.#by = { column, down };
    const sign = down ? -1 : 1;
    this.#sorted = [...this.#rows].sort((a, b) => sign * compare(a[column], b[column]));
    this.heads.forEach((head, index) =>
      head.setAttribute("aria-sort", index !== column ? "none" : down ? "descending" : "ascending"),
    );
    announce(`Sorted by ${this.#columns[column].name}, ${down ? "descending" : "ascending"}.`);
    this.element.scrollTop = 0;
    this.#show(true);
  }

  #show(again = false) {
    const rows = this.#sorted;
    const whole = rows.length <= ALL_SHOWN_MAX;
    const first = whole ? 0 : Math.max(0, Math.floor(this.element.scrollTop / ROW_PIXELS) - BEYOND);
    const height = this.element.clientHeight || 600;
    const last = whole ? rows.length : Math.min(rows.length, first + Math.ceil(height / ROW_PIXELS) + 2 * BEYOND);
    if (!again && first === this.first && last === this.last) {
      return;
    }
    const focused = this.body.contains(document.activeElement);
    if (focused && !again && document.activeElement.closest("tr")) {
      const index = Number(document.activeElement.closest("tr").getAttribute("aria-rowindex")) - 2;
      if (index >= first && index < last && this.first !== undefined && Math.abs(first - this.first) < BEYOND) {
        return; // what has the focus must not vanish under it
      }
    }
    this.first = first;
    this.last = last;
    const space = (count) =>
      count > 0 ? h("tr", { "aria-hidden": "true", class: "space", style: { height: `${count * ROW_PIXELS}px` } }) : null;
    this.body.replaceChildren(
      ...[space(first), ...rows.slice(first, last).map((row, i) => this.#row(row, first + i)), space(rows.length - last)].filter(Boolean),
    );
  }

  #row(row, index) {
    return h(
      "tr",
      { "aria-rowindex": index + 2 },
      h("td", { class: "row-number" }, String(index + 1)),
      this.#columns.map((column, i) =>
        h("td", null, cell(this.#view, row[i], { entity: column.entity && typeof row[i] === "bigint" })),
      ),
    );
  }
}

function csvCell(value) {
  const text = plain(value);
  // A spreadsheet would take these for formulas; an apostrophe keeps them text.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as comma-separated values, RFC 4180. */
export function csv(columns, rows) {
  return [columns.map((each) => csvCell(each.name)), ...rows.map((row) => row.map(csvCell))]
    .map((row) => row.join(","))
    .join("\r\n");
}
