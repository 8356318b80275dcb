// The page of queries: editor, inputs, history, results and how they were found.

import { Refusal, call, dbText } from "./api.js";
import { suggest } from "./complete.js";
import { announce, copy, dialog, h, icon, many, millis, toast } from "./dom.js";
import { Editor } from "./editor.js";
import { EdnError, EdnMap, Keyword, List, Sym, print, read, string } from "./edn.js";
import { explainTree } from "./explain.js";
import { link, push, rewrite } from "./router.js";
import { newestT } from "./schema.js";
import { ResultTable, csv } from "./table.js";
import { empty, problem } from "./values.js";

const HISTORY = "valence.queries";
const HISTORY_MAX = 100;
const LIMITS = [100, 1000, 10000, 100000];
const LIMIT_DEFAULT = 1000;

// --- reading a query

/** The parts of a query by the names of their keys, from the vector or the map form. */
function sections(query) {
  const found = {};
  if (query instanceof EdnMap) {
    for (const [key, value] of query.entries) {
      found[key.name] = Array.isArray(value) ? value : value instanceof List ? value.items : [value];
    }
    return found;
  }
  let section = null;
  for (const item of Array.isArray(query) ? query : []) {
    if (item instanceof Keyword && ["find", "with", "in", "where", "keys", "strs", "syms"].includes(item.name)) {
      section = found[item.name] = [];
    } else {
      section?.push(item);
    }
  }
  return found;
}

/** The inputs after the first database: [{name, form}]. */
function inputsOf(parts) {
  const forms = (parts.in ?? [new Sym("$")]).map((form) => ({ name: print(form), form }));
  const first = forms.findIndex((each) => each.name.startsWith("$"));
  return { database: first, rest: forms.filter((_, index) => index !== first), all: forms };
}

/** Variables that stand for entities, as far as clauses tell. */
function entityVariables(clauses, schema) {
  const found = new Set();
  const add = (item) => item instanceof Sym && item.name.startsWith("?") && found.add(item.name);
  const walk = (clause) => {
    if (clause instanceof List) {
      clause.items.forEach(walk);
      return;
    }
    if (!Array.isArray(clause) || clause.length === 0 || clause[0] instanceof List) {
      return;
    }
    const pattern = clause[0] instanceof Sym && clause[0].name.startsWith("$") ? clause.slice(1) : clause;
    const [e, a, v, tx] = pattern;
    if (a instanceof Keyword || (a instanceof Sym && pattern.length <= 5)) {
      add(e);
      add(tx);
      if (a instanceof Sym) {
        add(a);
      } else if (schema?.byIdent.get(String(a))?.type === "ref") {
        add(v);
      }
    }
  };
  clauses.forEach(walk);
  return found;
}

/** What the answer looks like: {kind, columns}. */
function shapeOf(parts, schema) {
  const find = parts.find ?? [];
  const named = parts.keys ?? parts.strs ?? parts.syms;
  const entities = entityVariables(parts.where ?? [], schema);
  const column = (form, index) => ({
    name: named ? print(named[index]).replace(/^"|"$/g, "") : print(form),
    entity: form instanceof Sym && entities.has(form.name),
  });
  const isDots = (form, dots) => form instanceof Sym && form.name === dots;
  if (find.length === 1 && Array.isArray(find[0])) {
    const inner = find[0];
    return inner.length === 2 && isDots(inner[1], "...")
      ? { kind: "collection", columns: [column(inner[0], 0)] }
      : { kind: "tuple", columns: inner.map(column) };
  }
  if (find.length === 2 && isDots(find[1], ".")) {
    return { kind: "scalar", columns: [column(find[0], 0)] };
  }
  return { kind: named ? "maps" : "relation", columns: find.map(column) };
}

function rowsOf(shape, ret) {
  switch (shape.kind) {
    case "scalar":
      return ret === null ? [] : [[ret]];
    case "tuple":
      return ret === null ? [] : [ret];
    case "collection":
      return (Array.isArray(ret) ? ret : (ret?.items ?? [])).map((value) => [value]);
    case "maps":
      return [...(ret?.items ?? ret ?? [])].map((map) => map.entries.map(([, value]) => value));
    default:
      return [...(ret?.items ?? ret ?? [])];
  }
}

// --- what was asked before

function past() {
  try {
    return JSON.parse(localStorage.getItem(HISTORY)) ?? [];
  } catch {
    return [];
  }
}

function remember(entry) {
  const others = past().filter((each) => each.query !== entry.query || each.db !== entry.db || each.inputs !== entry.inputs);
  localStorage.setItem(HISTORY, JSON.stringify([entry, ...others].slice(0, HISTORY_MAX)));
}

// --- the page

export async function page(place, shell) {
  return new QueryPage(place, shell).element;
}

class QueryPage {
  #schema = null;
  #counts = null;
  #running = null; // the AbortController of what runs
  #answer = null; // {parts, shape, rows, plan, ...} of what is shown
  #inputs = new Map(); // editors by the name of their input
  #tab = "results";

  constructor(place, shell) {
    this.shell = shell;
    this.view = place.view;
    const { params } = place;
    const given = params.get("q") ?? "";
    this.editor = new Editor({
      label: "Query",
      value: given || this.#draft() || "",
      rows: 9,
      suggest: (text, start, word) => suggest(text, start, word, this.#schema, this.#inputs.get("%")?.value ?? "", this.#counts),
      oninput: () => this.#changed(),
    });
    this.editor.area.placeholder = "[:find ?e ?name\n :where [?e :person/name ?name]]";
    this.inputArea = h("div", { class: "inputs" });
    this.limit = h(
      "select",
      { id: "limit" },
      LIMITS.map((each) => h("option", { value: each, selected: each === LIMIT_DEFAULT }, each.toLocaleString("en-US"))),
      h("option", { value: -1 }, "all"),
    );
    if (params.get("limit")) {
      this.limit.value = params.get("limit");
    }
    this.runButton = h("button", { type: "button", class: "primary", onclick: () => this.run(), title: "Control or Command and Enter" }, icon("run"), "Run");
    this.cancelButton = h("button", { type: "button", class: "danger", hidden: true, onclick: () => this.cancel() }, "Cancel");
    this.note = h("span", { class: "note", role: "status" });
    this.output = h("div", { class: "output" });
    this.element = [
      h("h1", { tabindex: "-1", class: "sr" }, `Query ${this.view.db}`),
      h(
        "section",
        {
          class: "ask",
          "aria-label": "Query",
          onkeydown: (event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              this.run();
            } else if (event.key === "Escape" && this.#running) {
              this.cancel();
            }
          },
        },
        this.editor.element,
        this.inputArea,
        h(
          "div",
          { class: "toolbar" },
          this.runButton,
          this.cancelButton,
          h("label", { for: "limit" }, "Rows at a time"),
          this.limit,
          h("span", { class: "grow" }, this.note),
          h("button", { type: "button", onclick: () => this.editor.format() }, "Format"),
          h("button", { type: "button", onclick: () => this.#history() }, "History"),
          h("button", { type: "button", onclick: () => copy(new URL(this.#address(), location.href).href, "Link") }, "Copy link"),
        ),
      ),
      this.output,
    ];
    this.#readInputs(params.getAll("in"));
    this.output.append(this.#blank());
    shell.focusFirst = this.editor.area;
    shell.signal.addEventListener("abort", () => this.#running?.abort());
    this.#load(given && params.get("run") !== "0");
  }

  async #load(run) {
    try {
      this.#schema = await this.shell.schema();
      if (run) {
        this.run(false);
      } else if (this.editor.value === "" && !this.#answer) {
        this.output.replaceChildren(this.#blank());
      }
      const stats = await call("db-stats", `{:db ${dbText({ ...this.view, history: false })}}`, this.shell.signal);
      this.#counts = new Map(stats.at("attrs").entries.map(([ident, map]) => [String(ident), map.at("count")]));
    } catch (refusal) {
      if (!this.shell.signal.aborted) {
        this.output.replaceChildren(problem(refusal));
      }
    }
  }

  #draftKey() {
    return `valence.draft.${this.view.db}`;
  }

  #draft() {
    return sessionStorage.getItem(this.#draftKey());
  }

  #changed() {
    sessionStorage.setItem(this.#draftKey(), this.editor.value);
    this.#readInputs([]);
  }

  /** The query as data; null while it is half written. */
  #parse() {
    try {
      return read(this.editor.value);
    } catch {
      return null;
    }
  }

  /** Makes a field for each input that the query names, and keeps what was written in those there. */
  #readInputs(given) {
    const query = this.#parse();
    if (query === null) {
      return;
    }
    const { rest } = inputsOf(sections(query));
    const names = rest.map((each) => each.name);
    if (names.join(" ") === [...this.#inputs.keys()].join(" ") && given.length === 0) {
      return;
    }
    const before = this.#inputs;
    this.#inputs = new Map();
    rest.forEach(({ name }, index) => {
      const value = given[index] ?? before.get(name)?.value ?? (name.startsWith("$") ? dbText(this.view) : "");
      const editor = before.get(name) ?? new Editor({
        label: `Input ${name}`,
        rows: name === "%" ? 4 : 1,
        value,
        suggest: (text, start, word) => suggest(text, start, word, this.#schema, text, this.#counts),
      });
      if (editor.value !== value) {
        editor.value = value;
      }
      this.#inputs.set(name, editor);
    });
    this.inputArea.replaceChildren(
      ...[...this.#inputs].map(([name, editor]) => h("div", { class: "input" }, h("span", { class: "input-name tok-variable", "aria-hidden": "true" }, name), editor.element)),
    );
  }

  #blank() {
    const attributes = this.#schema?.own ?? [];
    const one = attributes.find((each) => each.unique && each.type === "string") ?? attributes[0];
    const examples = [
      one && ["Values of an attribute", `[:find ?e ?v\n :where [?e ${one.ident} ?v]]`],
      one && ["Whole entities", `[:find (pull ?e [*])\n :where [?e ${one.ident}]]`],
      ["Attributes and their types", "[:find ?ident ?type\n :where [?a :db/ident ?ident]\n        [?a :db/valueType ?t]\n        [?t :db/ident ?type]]"],
      ["Transactions and their times", "[:find ?tx ?at\n :where [?tx :db/txInstant ?at]]"],
    ].filter(Boolean);
    return empty(
      "query",
      "Ask something",
      h("p", null, "Write Datalog above and press ", h("kbd", null, "Ctrl"), " ", h("kbd", null, "Enter"), ". Names are suggested while you write. Or begin with one of these:"),
      h(
        "div",
        { class: "examples" },
        examples.map(([title, text]) =>
          h("button", { type: "button", class: "example", onclick: () => {
            this.editor.value = text;
            this.#changed();
            this.run();
          } }, h("span", null, title), h("code", null, text.replace(/\s+/g, " "))),
        ),
      ),
    );
  }

  /** The address of what is written. */
  #address() {
    const limit = Number(this.limit.value);
    const address = link(this.view, "query", "", {
      q: this.editor.value.trim(),
      limit: limit === LIMIT_DEFAULT ? "" : String(limit),
    });
    const inputs = [...this.#inputs.values()].map((each) => `in=${encodeURIComponent(each.value.trim())}`);
    return inputs.length === 0 ? address : `${address}${address.includes("?") ? "&" : "?"}${inputs.join("&")}`;
  }

  // --- running

  /** Reads what is written; a Refusal says what is wrong in it. */
  #request() {
    const text = this.editor.value.trim();
    if (!text) {
      throw new Refusal("incorrect", "There is no query yet.");
    }
    const readPart = (what, part, editor) => {
      try {
        return read(part);
      } catch (error) {
        if (error instanceof EdnError) {
          editor.focus();
          editor.area.setSelectionRange(error.position, error.position);
          throw new Refusal("incorrect", `${what} isn't EDN: ${error.message}`);
        }
        throw error;
      }
    };
    const query = readPart("The query", text, this.editor);
    const parts = sections(query);
    if (!parts.find) {
      throw new Refusal("incorrect", "The query has no :find. Expected was a form such as [:find ?e :where [?e :db/ident]].");
    }
    const inputs = [...this.#inputs].map(([name, editor]) => {
      if (!editor.value.trim()) {
        editor.focus();
        throw new Refusal("incorrect", `The input ${name} has no value. Write one in EDN, such as "text" or 42.`);
      }
      readPart(`The input ${name}`, editor.value, editor);
      return editor.value.trim();
    });
    return { text, parts, inputs };
  }

  async run(focus = true, offset = 0) {
    this.#running?.abort();
    let request;
    try {
      request = this.#request();
    } catch (refusal) {
      this.#refuse(refusal);
      return;
    }
    const { text, parts, inputs } = request;
    const limit = Number(this.limit.value);
    const running = new AbortController();
    this.#running = running;
    const id = crypto.randomUUID?.() ?? "00000000-0000-4000-8000-".concat(String(Date.now()).padStart(12, "0").slice(-12));
    running.signal.addEventListener("abort", () => call("cancel", `{:call-id #uuid ${string(id)}}`).catch(() => {}), { once: true });
    this.#busy(true);
    const begun = performance.now();
    try {
      const t = offset > 0 && this.#answer ? this.#answer.t : await newestT(this.view.db);
      const { database, all } = inputsOf(parts);
      const rest = [...inputs];
      const args = all.map((_, index) => (index === database ? dbText(this.view, t) : rest.shift()));
      const body = `{:query ${text}\n :args [${args.join("\n")}\n] :limit ${limit} :offset ${offset} :plan true :call-id #uuid ${string(id)}}`;
      const answer = await call("q", body, running.signal);
      if (running !== this.#running) {
        return;
      }
      const shape = shapeOf(parts, this.#schema);
      const rows = rowsOf(shape, answer.at("ret"));
      const took = performance.now() - begun;
      this.#answer = { shape, rows, ret: answer.at("ret"), plan: answer.at("plan"), t, offset, limit, took };
      remember({ db: this.view.db, query: text, inputs: inputs.join("\n"), list: inputs, at: Date.now() });
      (focus ? push : rewrite)(this.#address());
      this.#show();
      announce(`${many(rows.length, "row")} in ${millis(took * 1e6)}.`);
    } catch (refusal) {
      if (running === this.#running && !this.shell.signal.aborted) {
        this.#refuse(refusal);
      }
    } finally {
      if (running === this.#running) {
        this.#running = null;
        this.#busy(false);
      }
    }
  }

  cancel() {
    this.#running?.abort();
  }

  #busy(on) {
    this.runButton.hidden = on;
    this.cancelButton.hidden = !on;
    this.output.classList.toggle("stale", on);
    this.output.setAttribute("aria-busy", String(on));
    this.note.textContent = on ? "Running …" : "";
    if (on && document.activeElement === this.runButton) {
      this.cancelButton.focus();
    }
  }

  #refuse(refusal) {
    this.#answer = null;
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    const operators = refusal.anomaly.at("operators");
    this.output.replaceChildren(
      problem(refusal, Array.isArray(operators) ? h("pre", null, operators.map((each) => `${each.at?.("text") ?? print(each)}`).join("\n")) : null),
    );
  }

  // --- the answer

  #show() {
    const { rows, offset, limit, t, took, shape } = this.#answer;
    const more = limit > 0 && rows.length === limit && shape.kind !== "scalar" && shape.kind !== "tuple";
    const place = offset > 0 || more ? `Rows ${(offset + 1).toLocaleString("en-US")} to ${(offset + rows.length).toLocaleString("en-US")}` : many(rows.length, "row");
    const at = this.view.asOf ? `as of ${/^\d+$/.test(this.view.asOf) ? "t " : ""}${this.view.asOf}` : `at t ${t}`;
    const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Answer" });
    const panel = h("div", { class: "panel", role: "tabpanel", id: "answer", tabindex: "-1" });
    const choose = (name) => {
      this.#tab = name;
      for (const tab of tabs.children) {
        const chosen = tab.dataset.name === name;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
      }
      panel.setAttribute("aria-labelledby", `tab-${name}`);
      panel.replaceChildren(name === "results" ? this.#results() : explainTree(this.#answer.plan));
    };
    for (const [name, title] of [["results", "Results"], ["explain", "Explain"]]) {
      tabs.append(
        h(
          "button",
          {
            type: "button",
            role: "tab",
            id: `tab-${name}`,
            "data-name": name,
            "aria-controls": "answer",
            onclick: () => choose(name),
            onkeydown: (event) => {
              if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
                const other = name === "results" ? "explain" : "results";
                choose(other);
                document.getElementById(`tab-${other}`).focus();
              }
            },
          },
          title,
        ),
      );
    }
    const actions = h(
      "div",
      { class: "actions" },
      offset > 0 ? h("button", { type: "button", onclick: () => this.run(false, Math.max(0, offset - limit)) }, "← Previous") : null,
      more ? h("button", { type: "button", onclick: () => this.run(false, offset + limit) }, `Next ${limit.toLocaleString("en-US")} →`) : null,
      h("button", { type: "button", onclick: () => this.#copyCsv() }, "Copy CSV"),
      h("button", { type: "button", onclick: () => copy(print(this.#answer.ret), "EDN") }, "Copy EDN"),
    );
    this.output.replaceChildren(
      h("div", { class: "answer-bar" }, tabs, h("p", { class: "summary" }, h("strong", null, place), ` ${at}, ${millis(took * 1e6)}`), actions),
      panel,
    );
    choose(this.#tab);
  }

  #results() {
    const { rows, shape } = this.#answer;
    if (rows.length === 0) {
      const warnings = (this.#answer.plan?.at("warnings") ?? []).map((each) => each.at("message"));
      return empty("query", "No rows", h("p", null, "Nothing matches every clause. The explanation tells which clause left none."), warnings.map((each) => h("p", { class: "warning" }, each)));
    }
    this.table = new ResultTable(this.view, "Results", shape.columns, rows);
    return this.table.element;
  }

  #copyCsv() {
    const { shape, rows } = this.#answer;
    copy(csv(shape.columns, this.table?.rows ?? rows), "CSV");
  }

  #history() {
    const list = past();
    const shown = dialog(
      "Queries that you ran",
      list.length === 0
        ? h("p", null, "None yet. What you run is kept in this browser.")
        : h(
            "ul",
            { class: "asked" },
            list.map((each) =>
              h(
                "li",
                null,
                h(
                  "button",
                  {
                    type: "button",
                    class: "example",
                    onclick: () => {
                      shown.close();
                      this.editor.value = each.query;
                      sessionStorage.setItem(this.#draftKey(), each.query);
                      this.#readInputs(each.list ?? []);
                      this.editor.focus();
                    },
                  },
                  h("span", null, `${each.db}, ${new Date(each.at).toLocaleString()}`),
                  h("code", null, each.query.replace(/\s+/g, " ").slice(0, 240)),
                ),
              ),
            ),
          ),
      list.length === 0 ? null : h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => {
        localStorage.removeItem(HISTORY);
        shown.close();
        toast("The history is empty.");
      } }, "Forget all")),
    );
  }
}
