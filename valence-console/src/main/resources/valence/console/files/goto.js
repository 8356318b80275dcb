// Going anywhere by typing: pages, databases, attributes, entities.

import { call } from "./api.js";
import { announce, dialog, h } from "./dom.js";
import { link } from "./router.js";

const SHOWN_MAX = 10;

export async function goTo(place, shell) {
  const status = await call("status");
  const schema = place.view ? await shell.schema().catch(() => null) : null;
  const view = place.view;
  const pages = [
    ["Databases", "#/"],
    ["System", "#/system"],
    ...(view
      ? [["Overview", link(view, "overview")], ["Query", link(view, "query")], ["Entities", link(view, "entity")], ["Transactions", link(view, "log")], ["Schema", link(view, "schema")]]
      : []),
  ].map(([text, href]) => ({ text, href, detail: "page" }));
  const databases = status.at("databases").map((db) => ({ text: db, href: link({ db, asOf: "", history: false }, "overview"), detail: "database" }));
  const attributes = (schema?.own ?? []).map((each) => ({ text: each.ident, href: link(view, "entity", each.ident), detail: "attribute" }));
  const all = [...pages, ...databases, ...attributes];
  let found = [];
  let chosen = 0;
  const list = h("ul", { role: "listbox", id: "goto-list", class: "goto", "aria-label": "Places" });
  const field = h("input", {
    role: "combobox",
    "aria-label": "Go to",
    "aria-controls": "goto-list",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: view ? 'A page, a database, :attribute, an id, or [:attribute "value"]' : "A page or a database",
  });
  const show = () => {
    list.replaceChildren(
      ...found.map((each, index) =>
        h(
          "li",
          { role: "option", id: `goto-${index}`, "aria-selected": String(index === chosen), onclick: () => go(index) },
          h("span", null, each.text),
          h("small", null, each.detail),
        ),
      ),
    );
    if (found.length > 0) {
      field.setAttribute("aria-activedescendant", `goto-${chosen}`);
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };
  const search = () => {
    const word = field.value.trim().toLowerCase();
    const direct = view && /^(\d+$|\[|:.)/.test(word) ? [{ text: field.value.trim(), href: link(view, "entity", field.value.trim()), detail: "entity" }] : [];
    const listed = all.filter((each) => each.text.toLowerCase().includes(word));
    found = [...listed, ...direct.filter((each) => !listed.some((other) => other.text === each.text))].slice(0, SHOWN_MAX);
    chosen = 0;
    show();
  };
  const shown = dialog("Go to", field, list);
  const go = (index) => {
    shown.close();
    location.hash = found[index].href;
  };
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length > 0) {
      event.preventDefault();
      chosen = (chosen + step + found.length) % found.length;
      show();
      list.children[chosen].scrollIntoView({ block: "nearest" });
      announce(found[chosen].text);
    } else if (event.key === "Enter" && found.length > 0) {
      event.preventDefault();
      go(chosen);
    }
  });
  search();
  field.focus();
}
