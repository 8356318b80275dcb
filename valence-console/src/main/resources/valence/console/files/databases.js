// The first page: every database, and what to do while there is none.

import { call } from "./api.js";
import { announce, bytes, count, h, many } from "./dom.js";
import { kw, string } from "./edn.js";
import { link } from "./router.js";
import { empty, problem } from "./values.js";

const EXAMPLE = "example-tea";
const EXAMPLE_SCHEMA = `[
  {:db/ident :tea/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
   :db/unique :db.unique/identity :db/doc "What the tea is called."}
  {:db/ident :tea/origin :db/valueType :db.type/ref :db/cardinality :db.cardinality/one
   :db/doc "Where it grows."}
  {:db/ident :tea/kind :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
  {:db/ident :tea/price :db/valueType :db.type/double :db/cardinality :db.cardinality/one}
  {:db/ident :tea/tags :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
  {:db/ident :region/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
   :db/unique :db.unique/identity}
  {:db/ident :region/country :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
  {:db/ident :order/number :db/valueType :db.type/long :db/cardinality :db.cardinality/one
   :db/unique :db.unique/identity}
  {:db/ident :order/teas :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
  {:db/ident :tea.kind/green} {:db/ident :tea.kind/black} {:db/ident :tea.kind/oolong}]`;
const EXAMPLE_FACTS = [
  `[{:db/id "uji" :region/name "Uji" :region/country "Japan"}
    {:db/id "darjeeling" :region/name "Darjeeling" :region/country "India"}
    {:db/id "anxi" :region/name "Anxi" :region/country "China"}
    {:tea/name "Gyokuro" :tea/origin "uji" :tea/kind :tea.kind/green :tea/price 48.0
     :tea/tags ["shaded" "umami"]}
    {:tea/name "First Flush" :tea/origin "darjeeling" :tea/kind :tea.kind/black :tea/price 24.5
     :tea/tags ["spring"]}
    {:tea/name "Tieguanyin" :tea/origin "anxi" :tea/kind :tea.kind/oolong :tea/price 31.0
     :tea/tags ["floral" "roasted"]}]`,
  `[{:order/number 1 :order/teas [[:tea/name "Gyokuro"] [:tea/name "First Flush"]]}
    {:db/id "datomic.tx" :db/doc "The first order."}]`,
  `[{:tea/name "Gyokuro" :tea/price 52.0}]`,
];

export async function page(place, shell) {
  const status = await call("status", "{}", shell.signal);
  const names = [...(status.at("databases") ?? [])].sort();
  if (names.length === 0) {
    return [h("h1", { tabindex: "-1" }, "Databases"), first()];
  }
  const list = h("ul", { class: "cards" }, names.map((name) => card(name, shell)));
  return [
    h("h1", { tabindex: "-1" }, "Databases"),
    h("p", { class: "lead-in" }, `${many(names.length, "database")} in system ${status.at("system")}.`),
    list,
    h("details", { class: "create" }, h("summary", null, "Create a database"), creation()),
  ];
}

function card(name, shell) {
  const view = { db: name, asOf: "", history: false };
  const facts = h("dl", { class: "facts" }, h("div", null, h("dt", null, "t"), h("dd", { class: "loading-text" }, "…")));
  const body = h(
    "li",
    { class: "card" },
    h("h2", null, h("a", { href: link(view, "overview") }, name)),
    facts,
    h(
      "nav",
      { class: "card-links", "aria-label": `Pages of ${name}` },
      [["query", "Query"], ["log", "Transactions"], ["schema", "Schema"]].map(([page, title]) => h("a", { href: link(view, page) }, title)),
    ),
  );
  const dbName = string(name);
  Promise.all([
    call("db-status", `{:db-name ${dbName}}`, shell.signal),
    call("db-stats", `{:db #valence/db {:db-name ${dbName}}}`, shell.signal),
  ]).then(
    ([status, stats]) => {
      const own = stats.at("attrs").entries.filter(([ident]) => !ident.namespace.startsWith("db") && !ident.namespace.startsWith("valence"));
      facts.replaceChildren(
        ...[
          ["Datoms", count(stats.at("datoms"))],
          ["Used attributes", count(own.length)],
          ["Newest t", count(status.at("t"))],
          ["To index", indexText(status)],
        ].map(([term, text]) => h("div", null, h("dt", null, term), h("dd", null, text))),
      );
    },
    (refusal) => {
      if (!shell.signal.aborted) {
        facts.replaceChildren(problem(refusal));
      }
    },
  );
  return body;
}

/** What is still to be indexed, in words. */
export function indexText(status) {
  const job = status.at("indexing");
  if (status.at("last-error")) {
    return "failing";
  }
  if (job) {
    const total = Number(job.at("rows-total"));
    return `${total ? Math.floor((100 * Number(job.at("rows-done"))) / total) : 0} % done`;
  }
  const rows = status.at("novelty-rows");
  return rows === 0n ? "nothing" : many(rows, "row");
}

function first() {
  const example = h("button", { type: "button", class: "primary" }, "Create an example database");
  const said = h("div", { role: "status" });
  example.onclick = async () => {
    example.disabled = true;
    said.replaceChildren("Creating …");
    try {
      await call("create-database", `{:db-name ${string(EXAMPLE)}}`);
      for (const txData of [EXAMPLE_SCHEMA, ...EXAMPLE_FACTS]) {
        await call("transact", `{:db-name ${string(EXAMPLE)} :tx-data ${txData}}`);
      }
      announce("The example database is there.");
      location.hash = link({ db: EXAMPLE, asOf: "", history: false }, "overview");
    } catch (refusal) {
      example.disabled = false;
      said.replaceChildren(problem(refusal));
    }
  };
  return empty(
    "databases",
    "There is no database yet",
    h("p", null, "A database keeps facts, and never forgets one. Make one of your own, or look around in an example of a few teas."),
    creation(),
    h("p", { class: "or" }, "or"),
    example,
    said,
    h(
      "details",
      null,
      h("summary", null, "From the command line or from a program"),
      h("pre", null, "valence quickstart     # an application, a database, and what it does\nvalence db create shop # an empty database"),
    ),
    h("p", { class: "hint" }, "If you miss a database: with access keys, only those are shown of which your key may see something."),
  );
}

function creation() {
  const name = h("input", { id: "new-database", name: "db", required: true, autocomplete: "off", placeholder: "shop" });
  const said = h("div", { role: "status" });
  return h(
    "form",
    {
      class: "inline",
      onsubmit: async (event) => {
        event.preventDefault();
        try {
          const made = await call("create-database", `{:db-name ${string(name.value.trim())}}`);
          if (!made) {
            said.replaceChildren(`There is a database ${name.value.trim()} already.`);
            return;
          }
          location.hash = link({ db: name.value.trim(), asOf: "", history: false }, "overview");
        } catch (refusal) {
          said.replaceChildren(problem(refusal));
        }
      },
    },
    h("label", { for: "new-database" }, "Name"),
    name,
    h("button", { type: "submit" }, "Create"),
    said,
  );
}

/** The page of one database: its figures. */
export async function overview(place, shell) {
  const { view } = place;
  const dbName = string(view.db);
  const asked = `{:db ${shell.dbText({ ...view, history: false })}}`;
  const [status, stats, schema] = await Promise.all([
    call("db-status", `{:db-name ${dbName}}`, shell.signal),
    call("db-stats", asked, shell.signal),
    shell.schema(),
  ]);
  const counts = new Map(stats.at("attrs").entries.map(([ident, map]) => [String(ident), map.at("count")]));
  const own = schema.own.map((each) => ({ each, rows: counts.get(each.ident) ?? 0n })).sort((a, b) => Number(b.rows - a.rows));
  const most = Number(own[0]?.rows ?? 1n) || 1;
  const cache = status.at("cache");
  const figure = (title, value, note) => h("div", { class: "figure" }, h("dt", null, title), h("dd", null, value, note ? h("small", null, note) : null));
  return [
    h("h1", { tabindex: "-1" }, view.db),
    h(
      "dl",
      { class: "figures" },
      figure("Datoms", count(stats.at("datoms")), view.asOf ? "as of then" : "now"),
      figure("Attributes", count(own.length), `${many(schema.ownNames.length, "ident")} besides`),
      figure("Newest t", count(status.at("t")), status.at("index-t") < 0n ? "none indexed yet" : `indexed up to ${count(status.at("index-t"))}`),
      figure("To index", indexText(status), `${bytes(status.at("novelty-bytes"))} in memory`),
      cache ? figure("Cache", bytes(cache.at("heap-bytes")), `${count(cache.at("heap-hits"))} hits, ${count(cache.at("store-reads"))} reads`) : null,
    ),
    status.at("last-error") ? h("p", { class: "warning" }, `The last index job failed: ${status.at("last-error")}`) : null,
    h("h2", null, "Attributes by their datoms"),
    own.length === 0
      ? empty("schema", "No attribute yet", h("p", null, "Attributes are transacted like any other data:"), h("pre", null, `valence transact --db ${view.db} \\\n  '[{:db/ident :item/name\n     :db/valueType :db.type/string\n     :db/cardinality :db.cardinality/one}]'`))
      : h(
          "div",
          { class: "scroll free", tabindex: "0", role: "region", "aria-label": "Attributes" },
          h(
            "table",
            { class: "plain" },
            h("caption", { class: "sr" }, "Attributes by the number of their datoms"),
            h("thead", null, h("tr", null, h("th", { scope: "col" }, "Attribute"), h("th", { scope: "col" }, "Type"), h("th", { scope: "col", class: "num" }, "Datoms"), h("th", { scope: "col" }, h("span", { class: "sr" }, "Share")))),
            h(
              "tbody",
              null,
              own.map(({ each, rows }) =>
                h(
                  "tr",
                  null,
                  h("th", { scope: "row" }, h("a", { href: link({ ...view, history: false }, "query", "", { q: `[:find ?e ?v :where [?e ${each.ident} ?v]]`, run: "1" }) , title: "Query it" }, h("code", { class: "tok-keyword" }, each.ident))),
                  h("td", null, `${each.type}${each.many ? ", many" : ""}`),
                  h("td", { class: "num" }, count(rows)),
                  h("td", { class: "share" }, h("span", { class: "bar rows", "aria-hidden": "true" }, h("span", { style: { width: `${Math.max(rows > 0n ? 1 : 0, (100 * Number(rows)) / most)}%` } }))),
                ),
              ),
            ),
          ),
        ),
  ];
}
