// Values as people see them.

import { copy, dialog, h, icon, time } from "./dom.js";
import {
  BigWhole, Datom, Decimal, EdnMap, EdnSet, Inst, Keyword, List, Tagged, Uuid, pretty, print,
} from "./edn.js";
import { link } from "./router.js";
import { isTx, looksLikeEntity, tOf } from "./schema.js";

const TEXT_CHARS_MAX = 300;

/** A link to an entity, by its name where it has one. */
export function entityLink(view, e, label) {
  const tx = isTx(e);
  return h(
    "a",
    { class: "entity-link", href: link({ ...view, history: false }, "entity", String(e)), title: `Entity ${e}` },
    label ?? (tx ? `tx ${tOf(e)}` : String(e)),
  );
}

/** Shows a whole value. */
export function showValue(value) {
  const text = typeof value === "string" ? value : pretty(value, 76);
  dialog(
    "Value",
    h("pre", { class: "whole-value", tabindex: "0" }, text),
    h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => copy(text, "Value") }, "Copy")),
  );
}

const isCollection = (value) =>
  Array.isArray(value) || value instanceof EdnMap || value instanceof EdnSet || value instanceof List;

function links(view, value) {
  if (typeof value === "bigint" && looksLikeEntity(value)) {
    return entityLink(view, value);
  }
  if (value instanceof EdnMap) {
    return ["{", value.entries.map(([key, each], i) => [i ? ", " : "", h("span", { class: "tok-keyword" }, print(key)), " ", links(view, each)]), "}"];
  }
  if (Array.isArray(value)) {
    return ["[", value.map((each, i) => [i ? " " : "", links(view, each)]), "]"];
  }
  return show(view, value);
}

/**
 * A value as a node.
 *
 * @param entity whether a number is surely an entity's id
 */
export function show(view, value, { entity = false, label } = {}) {
  if (value === null || value === undefined) {
    return h("span", { class: "nil" }, "nil");
  }
  switch (typeof value) {
    case "bigint":
      return entity || looksLikeEntity(value) ? entityLink(view, value, label) : h("span", { class: "number" }, String(value));
    case "number":
      return h("span", { class: "number" }, print(value));
    case "boolean":
      return h("span", { class: "tok-number" }, String(value));
    case "string":
      if (value === "") {
        return h("span", { class: "nil" }, '""');
      }
      return value.length <= TEXT_CHARS_MAX
        ? h("span", { class: "text" }, value)
        : [h("span", { class: "text" }, `${value.slice(0, TEXT_CHARS_MAX)}… `), more(value)];
  }
  if (value instanceof Keyword) {
    return h("span", { class: "tok-keyword" }, String(value));
  }
  if (value instanceof Inst) {
    return time(value);
  }
  if (value instanceof Uuid) {
    return h("span", { class: "uuid" }, value.text);
  }
  if (value instanceof BigWhole || value instanceof Decimal) {
    return h("span", { class: "number" }, value instanceof Decimal ? value.text : String(value.value));
  }
  if (value instanceof Tagged && typeof value.value === "string") {
    return h("span", { class: "text" }, value.value.length > TEXT_CHARS_MAX ? [value.value.slice(0, TEXT_CHARS_MAX), "… ", more(value)] : value.value);
  }
  if (isCollection(value) || value instanceof Datom) {
    const text = print(value);
    return text.length <= TEXT_CHARS_MAX
      ? h("span", { class: "edn" }, links(view, value))
      : [h("span", { class: "edn" }, text.slice(0, TEXT_CHARS_MAX), "… "), more(value)];
  }
  return h("span", { class: "edn" }, print(value));
}

function more(value) {
  return h("button", { type: "button", class: "more", onclick: () => showValue(value) }, "show all");
}

/** A value in the one line of a cell. */
export function cell(view, value, options = {}) {
  if (isCollection(value) || (typeof value === "string" && (value.length > 60 || value.includes("\n")))) {
    const text = typeof value === "string" ? value : print(value);
    const shown = isCollection(value) && text.length <= 200 ? h("span", { class: "edn" }, links(view, value)) : text.slice(0, 200);
    return [
      h("button", { type: "button", class: "expand", "aria-label": "Show the whole value", title: "Show the whole value", onclick: () => showValue(value) }, "⋯"),
      h("span", { class: typeof value === "string" ? "text" : "edn" }, shown),
    ];
  }
  return show(view, value, options);
}

/** The text that a value is copied and sorted by. */
export function plain(value) {
  if (value === null || value === undefined) {
    return "";
  }
  if (typeof value === "string") {
    return value;
  }
  if (value instanceof Uuid || value instanceof Inst || value instanceof Decimal) {
    return value.text;
  }
  return value instanceof BigWhole ? String(value.value) : print(value);
}

function rank(value) {
  if (value === null || value === undefined) {
    return 0;
  }
  const type = typeof value;
  if (type === "bigint" || type === "number") {
    return 1;
  }
  if (value instanceof BigWhole || value instanceof Decimal) {
    return 1;
  }
  return type === "string" ? 3 : 2;
}

const comparable = (value) =>
  value instanceof BigWhole ? value.value : value instanceof Decimal ? Number(value.text) : value;

/** Order of values: nothing, numbers, other things by their text, strings. */
export function compare(a, b) {
  const ranks = rank(a) - rank(b);
  if (ranks !== 0) {
    return ranks;
  }
  const [x, y] = rank(a) === 1 ? [comparable(a), comparable(b)] : [plain(a), plain(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A message for what went wrong. */
export function problem(refusal, ...more) {
  const title = {
    incorrect: "That can't be answered",
    forbidden: "Not allowed",
    "not-found": "Not found",
    busy: "The node is busy",
    unavailable: "Not available",
    interrupted: "Cancelled",
    fault: "The node failed",
  }[refusal.category] ?? "It failed";
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("strong", null, title),
    h("p", null, refusal.message),
    refusal.error ? h("code", null, `:${refusal.error}`) : null,
    more,
  );
}

/** What stands where there is nothing yet. */
export function empty(iconName, title, ...more) {
  return h("div", { class: "empty" }, icon(iconName), h("h2", null, title), more);
}
