// The page of an entity: what it says, who points to it, and everything that was ever said.

import { Refusal, call, dbText } from "./api.js";
import { count, h, many } from "./dom.js";
import { print, read } from "./edn.js";
import { link } from "./router.js";
import { isTx, labelsOf, tOf } from "./schema.js";
import { head, told } from "./transactions.js";
import { empty, entityLink, problem, show } from "./values.js";

const DATOMS_MAX = 2000;
const REVERSE_MAX = 1000;
const SHOWN = 12;

export async function page(place, shell) {
  if (!place.rest) {
    return finder(place, shell);
  }
  const { view } = place;
  const schema = await shell.schema();
  const e = await resolve(view, place.rest, shell);
  const now = dbText({ ...view, history: false });
  const ask = (database, index, components, limit) =>
    call("datoms", `{:db ${database} :index ${index} :components [${components}] :limit ${limit}}`, shell.signal);
  const [facts, reverse, past] = await Promise.all([
    ask(now, ":eavt", e, DATOMS_MAX),
    ask(now, ":vaet", e, REVERSE_MAX),
    ask(dbText({ ...view, history: true }), ":eavt", e, DATOMS_MAX),
  ]);
  const refs = facts.filter((datom) => schema.byId.get(datom.a)?.type === "ref").map((datom) => datom.v);
  const pastRefs = past.filter((datom) => schema.byId.get(datom.a)?.type === "ref").map((datom) => datom.v);
  const [labels, transactions] = await Promise.all([
    labelsOf(view, schema, [e, ...refs, ...pastRefs, ...reverse.map((datom) => datom.e)].slice(0, 3000)),
    told(view, past.map((datom) => datom.tx), shell.signal),
  ]);
  const kind = isTx(e) ? "Transaction" : schema.byId.has(e) ? "Attribute" : "Entity";
  const title = labels.get(e) ?? (isTx(e) ? `t ${tOf(e)}` : String(e));
  shell.title(title);
  return [
    h(
      "header",
      { class: "entity-head" },
      h("p", { class: "kicker" }, `${kind} `, h("code", null, String(e))),
      h("h1", { tabindex: "-1" }, title),
      isTx(e) ? h("p", null, h("a", { href: link({ ...view, asOf: "", history: false }, "log", "", { t: String(tOf(e)) }) }, "What it said, in the log")) : null,
    ),
    finder(place, shell, true),
    h(
      "div",
      { class: "columns" },
      h("section", { "aria-labelledby": "says" }, h("h2", { id: "says" }, "Facts"), sayings(view, schema, facts, labels)),
      h("section", { "aria-labelledby": "said-by" }, h("h2", { id: "said-by" }, "Referred to by"), reversed(view, schema, reverse, labels)),
    ),
    h("section", { "aria-labelledby": "timeline" }, h("h2", { id: "timeline" }, "History"), timeline(view, schema, past, labels, transactions)),
  ];
}

/** The id that an address names: a number, an ident or a lookup ref. */
async function resolve(view, text, shell) {
  let form;
  try {
    form = read(text);
  } catch (error) {
    throw new Refusal("incorrect", `${text} names no entity: ${error.message}`);
  }
  if (typeof form === "bigint") {
    return form;
  }
  const body = `{:db ${dbText({ ...view, history: false })} :selector [:db/id] :eid ${print(form)}}`;
  const map = await call("pull", body, shell.signal).catch((refusal) => {
    if (refusal.error === "db.error/not-an-entity") {
      return null;
    }
    throw refusal;
  });
  const id = map?.at("db/id");
  if (id === undefined || id === null) {
    throw new Refusal("not-found", `There is no entity ${text}${view.asOf ? ` as of ${view.asOf}` : ""}.`);
  }
  return id;
}

function finder(place, shell, small = false) {
  const { view } = place;
  const field = h("input", {
    id: "eid",
    name: "eid",
    required: true,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: small ? 'id, :ident or [:attribute "value"]' : "",
    value: place.rest,
  });
  const form = h(
    "form",
    {
      class: "inline finder",
      role: "search",
      "aria-label": "Entity",
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = link(view, "entity", field.value.trim());
      },
    },
    h("label", { for: "eid", class: small ? "sr" : null }, "Entity"),
    field,
    h("button", { type: "submit" }, "Show"),
  );
  if (small) {
    return form;
  }
  const samples = h("div", { class: "samples", "aria-live": "off" });
  shell.schema().then(async (schema) => {
    const key = schema.own.find((each) => each.unique && each.type === "string") ?? schema.labels[0] ?? schema.own[0];
    if (!key) {
      return;
    }
    const rows = await call("q", `{:query [:find ?e ?v :where [?e ${key.ident} ?v]] :args [${dbText({ ...view, history: false })}] :limit 12}`, shell.signal);
    samples.replaceChildren(
      h("h2", null, `Some by ${key.ident}`),
      h("ul", { class: "chips" }, rows.map(([e, v]) => h("li", null, entityLink(view, e, typeof v === "string" ? v : print(v))))),
    );
  }).catch((refusal) => shell.signal.aborted || samples.replaceChildren(problem(refusal)));
  return [
    h("h1", { tabindex: "-1" }, "Entities"),
    h("p", { class: "lead-in" }, "An entity is named by its id, its ident such as ", h("code", null, ":db/doc"), ", or a lookup ref such as ", h("code", null, '[:person/email "ada@example.org"]'), "."),
    form,
    samples,
  ];
}

function grouped(datoms, by) {
  const groups = new Map();
  for (const datom of datoms) {
    const key = by(datom);
    groups.set(key, [...(groups.get(key) ?? []), datom]);
  }
  return groups;
}

/** A list of nodes of which the first are shown. */
function some(items, make) {
  const list = h("ul", { class: "values" }, items.slice(0, SHOWN).map((item) => h("li", null, make(item))));
  if (items.length > SHOWN) {
    const button = h("button", { type: "button", class: "more", onclick: () => {
      button.parentElement.remove();
      list.append(...items.slice(SHOWN).map((item) => h("li", null, make(item))));
    } }, `and ${count(items.length - SHOWN)} more`);
    list.append(h("li", null, button));
  }
  return list;
}

function sayings(view, schema, facts, labels) {
  if (facts.length === 0) {
    return empty("entity", "Nothing", h("p", null, view.asOf ? "It said nothing at that time." : "Nothing is said of it now. Its history may have more."));
  }
  return h(
    "dl",
    { class: "attributes" },
    [...grouped(facts, (datom) => datom.a)].map(([a, datoms]) => {
      const attribute = schema.byId.get(a);
      const ref = attribute?.type === "ref";
      return h(
        "div",
        null,
        h("dt", { title: attribute?.doc || null }, h("code", { class: "tok-keyword" }, attribute?.ident ?? schema.name(a))),
        h("dd", null, some(datoms, (datom) => show(view, datom.v, { entity: ref, label: ref ? labels.get(datom.v) : undefined }))),
      );
    }),
    facts.length === DATOMS_MAX ? h("div", null, h("dt"), h("dd", { class: "hint" }, `The first ${count(DATOMS_MAX)} datoms are shown.`)) : null,
  );
}

function reversed(view, schema, reverse, labels) {
  if (reverse.length === 0) {
    return empty("entity", "Nobody", h("p", null, "No entity refers to it."));
  }
  return h(
    "dl",
    { class: "attributes" },
    [...grouped(reverse, (datom) => datom.a)].map(([a, datoms]) =>
      h(
        "div",
        null,
        h("dt", null, h("code", { class: "tok-keyword" }, schema.name(a)), h("small", null, many(datoms.length, "entity", "entities") + (reverse.length === REVERSE_MAX ? " or more" : ""))),
        h("dd", null, some(datoms, (datom) => entityLink(view, datom.e, labels.get(datom.e)))),
      ),
    ),
  );
}

function timeline(view, schema, past, labels, transactions) {
  if (past.length === 0) {
    return empty("clock", "Nothing was ever said of it");
  }
  const groups = [...grouped(past, (datom) => datom.tx)].sort(([a], [b]) => (a < b ? 1 : -1));
  return h(
    "ol",
    { class: "timeline" },
    groups.map(([tx, datoms]) =>
      h(
        "li",
        null,
        h("div", { class: "moment" }, head(view, tx, transactions.get(tx)), h("a", { class: "as-of", href: link({ ...view, asOf: String(tOf(tx)), history: false }, "entity", String(past[0].e)) }, "as it was then")),
        h(
          "ul",
          { class: "changes" },
          datoms
            .sort((a, b) => (a.a === b.a ? Number(a.added) - Number(b.added) : a.a < b.a ? -1 : 1))
            .map((datom) => {
              const ref = schema.byId.get(datom.a)?.type === "ref";
              return h(
                "li",
                { class: datom.added ? "asserted" : "retracted" },
                h("span", { class: "sign", "aria-hidden": "true" }, datom.added ? "+" : "−"),
                h("span", { class: "sr" }, datom.added ? "asserted " : "retracted "),
                h("code", { class: "tok-keyword" }, schema.name(datom.a)),
                " ",
                show(view, datom.v, { entity: ref, label: ref ? labels.get(datom.v) : undefined }),
              );
            }),
        ),
      ),
    ),
    past.length === DATOMS_MAX ? h("li", { class: "hint" }, `The first ${count(DATOMS_MAX)} changes are shown.`) : null,
  );
}
