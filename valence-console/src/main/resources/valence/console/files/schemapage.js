// The page of the schema: attributes as a table, and kinds of entities as a picture.

import { call, dbText, q } from "./api.js";
import { count, h, many } from "./dom.js";
import { diagram } from "./diagram.js";
import { link } from "./router.js";
import { empty } from "./values.js";

const SAMPLE = 24; // values of a reference that are looked at, to learn what it leads to

export async function page(place, shell) {
  const { view, params } = place;
  const schema = await shell.schema();
  const picture = params.get("as") !== "table";
  const heading = h("h1", { tabindex: "-1" }, "Schema");
  if (schema.own.length === 0) {
    return [heading, empty("schema", "No attribute yet", h("p", null, "Attributes come by transactions, like any other data."))];
  }
  const tab = (as, title) => h("a", { class: "tab", href: link(view, "schema", "", { as }), "aria-current": (as === "table") !== picture ? "page" : null }, title);
  const bar = h(
    "div",
    { class: "answer-bar" },
    h("nav", { class: "tabs", "aria-label": "Form" }, tab("", "Diagram"), tab("table", "Table")),
    h("p", { class: "summary" }, `${many(schema.own.length, "attribute")}, ${many(schema.ownNames.length, "ident")} besides`),
  );
  return [heading, bar, ...(picture ? await drawn(view, schema, shell) : table(view, schema, params, shell))];
}

// --- table

function table(view, schema, params) {
  const system = h("input", { type: "checkbox", id: "system-attributes" });
  const field = h("input", { id: "filter", type: "search", autocomplete: "off", value: params.get("ns") ? `:${params.get("ns")}/` : "" });
  const body = h("tbody");
  const said = h("span", { class: "note", role: "status" });
  const fill = () => {
    const word = field.value.trim().toLowerCase();
    const rows = (system.checked ? schema.attributes : schema.own).filter(
      (each) => each.ident.toLowerCase().includes(word) || each.doc.toLowerCase().includes(word) || each.type === word,
    );
    body.replaceChildren(...rows.map((each) => row(view, each)));
    said.textContent = many(rows.length, "attribute");
  };
  field.oninput = fill;
  system.onchange = fill;
  fill();
  return [
    h("div", { class: "toolbar" }, h("label", { for: "filter" }, "Filter"), field, system, h("label", { for: "system-attributes" }, "those of the system, too"), said),
    h(
      "div",
      { class: "scroll free", tabindex: "0", role: "region", "aria-label": "Attributes" },
      h(
        "table",
        { class: "plain" },
        h("caption", { class: "sr" }, "Attributes"),
        h("thead", null, h("tr", null, ["Attribute", "Type", "Cardinality", "Unique", "Also", "Doc"].map((name) => h("th", { scope: "col" }, name)))),
        body,
      ),
    ),
  ];
}

function row(view, each) {
  const also = [each.component && "component", each.indexed && "index", each.noHistory && "no history", each.tuple].filter(Boolean);
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, h("a", { href: link({ ...view, history: false }, "entity", String(each.id)) }, h("code", { class: "tok-keyword" }, each.ident))),
    h("td", null, each.type),
    h("td", null, each.many ? "many" : "one"),
    h("td", null, each.unique),
    h("td", null, also.map((mark) => h("span", { class: "chip" }, mark))),
    h("td", { class: "doc" }, each.doc),
  );
}

// --- picture

async function drawn(view, schema, shell) {
  const now = { ...view, history: false };
  const refs = schema.own.filter((each) => each.type === "ref");
  const samples = await Promise.all(
    refs.map((each) => call("datoms", `{:db ${dbText(now)} :index :aevt :components [${each.id}] :limit ${SAMPLE}}`, shell.signal)),
  );
  const ids = [...new Set(samples.flat().map((datom) => datom.v))];
  const seen = ids.length === 0 ? [] : await q(now, "[:find ?v ?a :in $ [?v ...] :where [?v ?a]]", [`[${ids.join(" ")}]`], shell.signal);
  const kindsOf = new Map();
  for (const [e, a] of seen) {
    const attribute = schema.byId.get(a);
    const kind = attribute?.system ? (attribute.ident === ":db/ident" ? schema.idents.get(e)?.namespace : "") : attribute?.namespace;
    if (kind) {
      kindsOf.set(e, (kindsOf.get(e) ?? new Set()).add(kind));
    }
  }
  const edges = [];
  refs.forEach((each, index) => {
    const to = new Set(samples[index].flatMap((datom) => [...(kindsOf.get(datom.v) ?? [])]));
    to.forEach((kind) => edges.push({ from: each.namespace, to: kind, ident: each.ident, many: each.many }));
  });
  const names = new Map();
  for (const each of schema.own) {
    names.set(each.namespace, [...(names.get(each.namespace) ?? []), { ident: each.ident, text: each.local, type: each.type + (each.many ? " *" : ""), mark: each.unique ? "unique" : each.type === "ref" ? "ref" : "" }]);
  }
  const kinds = [...names].map(([name, rows]) => ({ name, rows, count: "" }));
  const enumerations = new Map();
  for (const ident of schema.ownNames) {
    enumerations.set(ident.namespace, [...(enumerations.get(ident.namespace) ?? []), { ident: String(ident), text: ident.local, type: "", mark: "" }]);
  }
  for (const [name, rows] of enumerations) {
    if (!names.has(name) && name) {
      kinds.push({ name, rows, enumeration: true, count: "idents" });
    }
  }
  const known = new Set(kinds.map((each) => each.name));
  const picture = diagram(kinds, edges.filter((each) => known.has(each.from) && known.has(each.to)), (kind) =>
    link(view, "schema", "", { as: "table", ns: kind.enumeration ? "" : kind.name }),
  );
  const width = Number(picture.getAttribute("width"));
  const height = Number(picture.getAttribute("height"));
  let zoom = 1;
  const scale = (to) => {
    zoom = Math.min(2, Math.max(0.2, to));
    picture.style.width = `${width * zoom}px`;
    picture.style.height = `${height * zoom}px`;
    said.textContent = `${Math.round(zoom * 100)} %`;
  };
  const said = h("output", { class: "note" });
  const frame = h("div", { class: "scroll canvas", tabindex: "0", role: "region", "aria-label": "Diagram" }, picture);
  const fit = () => scale(Math.min(1, (frame.clientWidth - 4) / width || 1));
  requestAnimationFrame(fit);
  return [
    h(
      "div",
      { class: "toolbar" },
      h("button", { type: "button", onclick: () => scale(zoom * 1.25), "aria-label": "Larger" }, "+"),
      h("button", { type: "button", onclick: () => scale(zoom / 1.25), "aria-label": "Smaller" }, "−"),
      h("button", { type: "button", onclick: fit }, "Fit"),
      h("button", { type: "button", onclick: () => scale(1) }, "100 %"),
      said,
      h("span", { class: "grow hint" }, `What a reference leads to is told by up to ${SAMPLE} of its values.`, edges.length === 0 && refs.length > 0 ? " None has a value yet." : "", ` ${count(edges.length)} drawn.`),
    ),
    frame,
  ];
}
