// Transactions: what they say of themselves, and of everything else.

import { q } from "./api.js";
import { h, icon, many, time } from "./dom.js";
import { link } from "./router.js";
import { entityLink, show } from "./values.js";
import { tOf } from "./schema.js";

const OWN = new Set(["db/id", "db/txInstant", "valence.tx/revision", "valence.tx/function", "valence.tx/request-id"]);

/** What transactions say of themselves, by their ids. */
export async function told(view, ids, signal) {
  const unique = [...new Set(ids)];
  if (unique.length === 0) {
    return new Map();
  }
  const now = { db: view.db, asOf: "", history: false };
  const maps = await q(now, "[:find [(pull ?tx [*]) ...] :in $ [?tx ...]]", [`[${unique.join(" ")}]`], signal);
  return new Map(maps.map((map) => [map.at("db/id"), map]));
}

/** Who wrote it: the code, and whatever the transaction says of itself. */
export function provenance(view, map) {
  if (!map) {
    return null;
  }
  const revision = map.at("valence.tx/revision");
  const functions = map.at("valence.tx/function");
  const others = map.entries.filter(([key]) => !OWN.has(key.name));
  return [
    revision
      ? h("span", { class: "chip code", title: `Written by revision ${revision}` }, icon("system"), h("span", { class: "sr" }, "revision "), /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision)
      : null,
    [functions ?? []].flat().map((name) => h("span", { class: "chip function" }, h("span", { class: "sr" }, "function "), name)),
    others.map(([key, value]) => h("span", { class: "chip" }, h("span", { class: "tok-keyword" }, String(key)), " ", show(view, value))),
  ];
}

/** The line about a transaction. */
export function head(view, tx, map) {
  const at = map?.at("db/txInstant");
  return [
    h("a", { class: "t", href: link({ ...view, asOf: "", history: false }, "log", "", { t: String(tOf(tx)) }) }, `t ${tOf(tx)}`),
    at ? time(at) : null,
    provenance(view, map),
  ];
}

/** Datoms as a table, of which the first ones are shown. */
export function datomTable(view, schema, datoms, labels, caption, shownMax = 25) {
  const body = h("tbody");
  const row = (datom) => {
    const attribute = schema.byId.get(datom.a);
    const ref = attribute?.type === "ref";
    return h(
      "tr",
      { class: datom.added ? "asserted" : "retracted" },
      h("td", { class: "sign" }, h("span", { "aria-hidden": "true" }, datom.added ? "+" : "−"), h("span", { class: "sr" }, datom.added ? "asserted" : "retracted")),
      h("td", null, entityLink(view, datom.e, labels.get(datom.e))),
      h("td", null, h("code", { class: "tok-keyword" }, attribute?.ident ?? schema.name(datom.a))),
      h("td", { class: "value" }, show(view, datom.v, { entity: ref, label: ref ? labels.get(datom.v) : undefined })),
    );
  };
  body.append(...datoms.slice(0, shownMax).map(row));
  const rest = datoms.length - shownMax;
  const moreButton = rest > 0
    ? h("button", { type: "button", class: "more", onclick: () => {
        body.append(...datoms.slice(shownMax, shownMax + 1000).map(row));
        shownMax += 1000;
        if (shownMax >= datoms.length) {
          moreButton.remove();
        } else {
          moreButton.textContent = `Show ${many(Math.min(1000, datoms.length - shownMax), "more", "more")}`;
        }
      } }, `Show ${many(Math.min(1000, rest), "more", "more")} of ${many(datoms.length, "datom")}`)
    : null;
  return [
    h(
      "table",
      { class: "datoms" },
      h("caption", { class: "sr" }, caption),
      h("colgroup", null, h("col", { class: "col-sign" }), h("col", { class: "col-name" }), h("col", { class: "col-name" }), h("col")),
      h("thead", { class: "sr" }, h("tr", null, ["Change", "Entity", "Attribute", "Value"].map((name) => h("th", { scope: "col" }, name)))),
      body,
    ),
    moreButton,
  ];
}
