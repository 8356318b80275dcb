// How a query was run, as a tree of what it did.

import { bytes, count, h, hidden, millis } from "./dom.js";
import { Keyword } from "./edn.js";

function bar(value, most, className, title) {
  const share = most > 0 ? Math.max(value > 0 ? 2 : 0, (100 * value) / most) : 0;
  return h("span", { class: `bar ${className}`, title }, h("span", { style: { width: `${share}%` } }));
}

/** On a scale where ten times as many is one step further. */
function log(value) {
  return Math.log10(Number(value ?? 0) + 1);
}

function flatten(operators, level, out, lead = "") {
  for (const operator of operators) {
    out.push({ operator, level, lead });
    const inside = operator.at("inside") ?? [];
    inside.forEach((body, index) => flatten(body, level + 1, out, inside.length > 1 ? `case ${index + 1}` : ""));
    lead = "";
  }
  return out;
}

function how(operator) {
  const ways = (operator.at("by") ?? []).map((way) => (way instanceof Keyword ? way.name : String(way)));
  const ranges = operator.at("ranges") ?? [];
  const more = Number(operator.at("range-count") ?? ranges.length) - ranges.length;
  return [
    ways.length ? h("span", { class: "ways" }, ways.map((way) => h("span", { class: "way" }, way))) : null,
    ranges.length ? h("span", { class: "ranges" }, ranges.join(", "), more > 0 ? `, … and ${count(more)} more` : "") : null,
    (operator.at("filters") ?? []).map((filter) => h("span", { class: "ranges" }, `where ${filter}`)),
  ];
}

function warnings(operator) {
  const map = operator.at("warnings");
  return map ? map.entries.flatMap(([, value]) => (Array.isArray(value) ? value : [value])) : [];
}

function misjudged(operator) {
  const expected = operator.at("rows-expected");
  const found = operator.at("rows-out");
  return expected !== undefined && Math.abs(log(expected) - log(found)) > 1;
}

/** The element for the map under `:plan`. */
export function explainTree(plan) {
  const rows = flatten(plan.at("operators") ?? [], 1, []);
  const most = (key) => Math.max(...rows.map(({ operator }) => Number(operator.at(key) ?? 0)), 0);
  const rowsMost = Math.max(...rows.flatMap(({ operator }) => ["rows-out", "rows-expected", "rows-read"].map((key) => log(operator.at(key)))), 0);
  const nanosMost = most("nanos");
  const bytesMost = most("bytes");
  const general = (plan.at("warnings") ?? []).map((each) => each.at("message"));
  return h(
    "div",
    { class: "explain" },
    h(
      "p",
      { class: "summary" },
      h("strong", null, count(plan.at("rows"))),
      " rows found in ",
      h("strong", null, millis(plan.at("nanos"))),
      ", ",
      h("strong", null, bytes(plan.at("bytes"))),
      " held at most",
    ),
    general.map((message) => h("p", { class: "warning" }, hidden("Warning: "), message)),
    h(
      "div",
      { class: "scroll free", tabindex: "0", role: "region", "aria-label": "Steps of the query" },
      h(
        "table",
        { class: "explain-table" },
        h("caption", { class: "sr" }, "Steps of the query, in the order in which they ran"),
        h("thead", null, h("tr", null, ["Step", "Rows", "Expected", "Read", "Time", "Bytes"].map((name) => h("th", { scope: "col" }, name)))),
        h(
          "tbody",
          null,
          rows.map(({ operator, level, lead }) =>
            h(
              "tr",
              { class: misjudged(operator) ? "misjudged" : null },
              h(
                "th",
                { scope: "row", style: { "padding-left": `${(level - 1) * 22 + 12}px` } },
                level > 1 ? hidden(`Level ${level}: `) : null,
                lead ? h("span", { class: "lead" }, lead) : null,
                h("code", { class: "clause" }, operator.at("text") ?? ""),
                operator.at("runs") ? h("span", { class: "runs" }, `× ${count(operator.at("runs"))}`) : null,
                h("div", { class: "how" }, how(operator)),
                warnings(operator).map((message) => h("p", { class: "warning" }, hidden("Warning: "), message)),
              ),
              h("td", null, h("b", null, count(operator.at("rows-out"))), bar(log(operator.at("rows-out")), rowsMost, "rows", "rows left, on a scale of powers of ten")),
              h(
                "td",
                null,
                operator.at("rows-expected") === undefined
                  ? h("span", { class: "nil" }, "–")
                  : [h("b", null, count(operator.at("rows-expected"))), bar(log(operator.at("rows-expected")), rowsMost, "expected", "rows expected"), misjudged(operator) ? hidden(" far from what was found") : null],
              ),
              h("td", null, h("b", null, count(operator.at("rows-read"))), bar(log(operator.at("rows-read")), rowsMost, "read", "rows read")),
              h("td", null, h("b", null, millis(operator.at("nanos"))), bar(Number(operator.at("nanos") ?? 0), nanosMost, "time", "time of its own")),
              h("td", null, h("b", null, bytes(operator.at("bytes"))), bar(Number(operator.at("bytes") ?? 0), bytesMost, "bytes", "of the columns that it left")),
            ),
          ),
        ),
      ),
    ),
  );
}
