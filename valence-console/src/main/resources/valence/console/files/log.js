// The page of the log: transactions, newest first, and those that come while one looks.

import { call } from "./api.js";
import { announce, h, many } from "./dom.js";
import { string } from "./edn.js";
import { link } from "./router.js";
import { labelsOf, newestT, txOf } from "./schema.js";
import { datomTable, head, told } from "./transactions.js";
import { empty, problem } from "./values.js";

const PAGE = 20;
const POLL_MILLIS = 2000;
const LIVE_MAX = 200; // transactions kept in the page while it goes on

export async function page(place, shell) {
  const { view, params } = place;
  const base = { db: view.db, asOf: "", history: false };
  const [schema, newest] = await Promise.all([shell.schema(), newestT(view.db)]);
  const one = params.get("t");
  if (one) {
    return single(base, BigInt(one), newest, schema, shell);
  }
  const before = params.get("before") ? BigInt(params.get("before")) : newest + 1n;
  const until = view.asOf && /^\d+$/.test(view.asOf) && BigInt(view.asOf) < before ? BigInt(view.asOf) + 1n : before;
  const first = until - BigInt(PAGE) > 1n ? until - BigInt(PAGE) : 1n;
  const ts = [];
  for (let t = until - 1n; t >= first; t--) {
    ts.push(t);
  }
  const live = before > newest && !view.asOf;
  const list = h("ol", { class: "log", "aria-label": "Transactions, newest first" });
  const entries = await shown(base, ts, schema, shell);
  list.append(...entries);
  const result = [
    h("h1", { tabindex: "-1" }, "Transactions"),
    h("div", { class: "toolbar" }, live ? following(base, newest, list, schema, shell) : h("a", { class: "button", href: link(view, "log") }, "Newest"), jump(view)),
    ts.length === 0 ? empty("log", "No transaction yet", h("p", null, "Everything that is transacted stands here, with its time and the code that wrote it.")) : null,
    list,
    h(
      "nav",
      { class: "pages", "aria-label": "Pages of the log" },
      until - 1n < newest && !view.asOf ? h("a", { class: "button", href: link(view, "log", "", { before: until + BigInt(PAGE) > newest ? "" : String(until + BigInt(PAGE)) }) }, "← Newer") : null,
      first > 1n ? h("a", { class: "button", href: link(view, "log", "", { before: String(first) }) }, "Older →") : null,
    ),
  ];
  return result;
}

function jump(view) {
  const field = h("input", { id: "jump", inputmode: "numeric", pattern: "[0-9]+", required: true, size: 8, autocomplete: "off" });
  return h(
    "form",
    { class: "inline", onsubmit: (event) => {
      event.preventDefault();
      location.hash = link({ ...view, asOf: "" }, "log", "", { t: field.value });
    } },
    h("label", { for: "jump" }, "Go to t"),
    field,
    h("button", { type: "submit" }, "Go"),
  );
}

async function single(view, t, newest, schema, shell) {
  if (t > newest) {
    return [h("h1", { tabindex: "-1" }, `Transaction ${t}`), empty("log", "There is no such transaction", h("p", null, `The newest one is t ${newest}.`))];
  }
  const entries = await shown(view, [t], schema, shell, 1000);
  return [
    h("h1", { tabindex: "-1" }, `Transaction ${t}`),
    h("ol", { class: "log" }, entries),
    h(
      "nav",
      { class: "pages", "aria-label": "Neighbours" },
      t > 1n ? h("a", { class: "button", href: link(view, "log", "", { t: String(t - 1n) }) }, `← t ${t - 1n}`) : null,
      h("a", { class: "button", href: link(view, "log", "", { before: String(t + 1n) }) }, "In the log"),
      t < newest ? h("a", { class: "button", href: link(view, "log", "", { t: String(t + 1n) }) }, `t ${t + 1n} →`) : null,
    ),
  ];
}

/** Elements for transactions; what they say is filled in one after another. */
async function shown(view, ts, schema, shell, datomsShown = 8) {
  const about = await told(view, ts.map(txOf), shell.signal);
  const bodies = ts.map((t) => [t, h("div", { class: "what" }, h("p", { class: "loading-text" }, "…"))]);
  fill(view, bodies, schema, shell, datomsShown);
  return bodies.map(([t, body]) => h("li", { "data-t": String(t) }, h("div", { class: "moment" }, head(view, txOf(t), about.get(txOf(t)))), body));
}

async function fill(view, bodies, schema, shell, datomsShown) {
  for (const [t, body] of bodies) {
    try {
      const entries = await call("tx-range", `{:db-name ${string(view.db)} :start ${t} :end ${t + 1n}}`, shell.signal);
      const datoms = (entries[0]?.at("data") ?? []).filter((datom) => datom.e !== txOf(t));
      const entities = new Set(datoms.map((datom) => datom.e));
      const named = datoms.slice(0, 200).flatMap((datom) => (schema.byId.get(datom.a)?.type === "ref" ? [datom.e, datom.v] : [datom.e]));
      const labels = await labelsOf(view, schema, named);
      const added = datoms.filter((datom) => datom.added).length;
      body.replaceChildren(
        h("p", { class: "summary" }, datoms.length === 0 ? "Said nothing but of itself." : `${many(added, "assertion")}, ${many(datoms.length - added, "retraction")}, ${many(entities.size, "entity", "entities")}`),
        ...(datoms.length === 0 ? [] : datomTable(view, schema, datoms, labels, `What transaction ${t} said`, datomsShown)).filter(Boolean),
      );
    } catch (refusal) {
      if (shell.signal.aborted) {
        return;
      }
      body.replaceChildren(problem(refusal));
    }
  }
}

/** The switch that keeps the list up with the database. */
function following(view, newest, list, schema, shell) {
  let t = newest;
  const box = h("input", { type: "checkbox", id: "follow", checked: true });
  const said = h("span", { class: "note" }, h("span", { class: "pulse", "aria-hidden": "true" }), `up to t ${t}`);
  const look = async () => {
    if (box.checked && !document.hidden) {
      try {
        const now = await newestT(view.db);
        if (now > t) {
          const ts = [];
          for (let next = now; next > t && ts.length < PAGE; next--) {
            ts.push(next);
          }
          const entries = await shown(view, ts, schema, shell);
          entries.forEach((entry) => entry.classList.add("new"));
          list.prepend(...entries);
          while (list.children.length > LIVE_MAX) {
            list.lastElementChild.remove();
          }
          announce(`${many(now - t, "new transaction")}.`);
          t = now;
        }
        said.lastChild.data = `up to t ${t}`;
        said.classList.remove("failing");
      } catch {
        said.lastChild.data = "the node doesn't answer";
        said.classList.add("failing");
      }
    }
    if (!shell.signal.aborted) {
      timer = setTimeout(look, POLL_MILLIS);
    }
  };
  let timer = setTimeout(look, POLL_MILLIS);
  shell.signal.addEventListener("abort", () => clearTimeout(timer));
  return h("span", { class: "follow" }, box, h("label", { for: "follow" }, "Follow"), said);
}
