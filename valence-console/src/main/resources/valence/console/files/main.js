// The frame around the pages: navigation, time, themes, keys.

import { dbText, onUnauthenticated, signOut, signedInAs } from "./api.js";
import * as databases from "./databases.js";
import { dialog, h, icon, toast } from "./dom.js";
import * as entity from "./entity.js";
import { goTo } from "./goto.js";
import * as log from "./log.js";
import * as query from "./query.js";
import { link, parse } from "./router.js";
import { newestT, schemaOf } from "./schema.js";
import * as schemapage from "./schemapage.js";
import { askForKey } from "./signin.js";
import * as system from "./system.js";
import { chooseTime, timeButton } from "./timepicker.js";
import { empty, problem } from "./values.js";

const PAGES = {
  databases: { title: "Databases", make: databases.page },
  system: { title: "System", make: system.page },
  overview: { title: "Overview", make: databases.overview, key: "o" },
  query: { title: "Query", make: query.page, key: "q" },
  entity: { title: "Entities", make: entity.page, key: "e" },
  log: { title: "Transactions", make: log.page, key: "x" },
  schema: { title: "Schema", make: schemapage.page, key: "s" },
  nowhere: { title: "Nothing here", make: async () => [h("h1", { tabindex: "-1" }, "Nothing here"), empty("search", "This address leads nowhere", h("a", { href: "#/" }, "All databases"))] },
};
const IN_DATABASE = ["overview", "query", "entity", "log", "schema"];
const THEMES = ["system", "light", "dark"];
const SINGLE_KEYS = "valence.keys";

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const tools = document.getElementById("tools");

let place = parse(location.hash);
let leaving = new AbortController();
let shell = null;
let shown = false;

/** What a page may use of its frame; good until the page is left. */
class Shell {
  #schema = null;

  constructor(current, signal) {
    this.place = current;
    this.signal = signal;
    this.dbText = dbText;
    this.focusFirst = null;
  }

  /** The schema of the database at the time that is shown. */
  schema() {
    this.#schema ??= newestT(this.place.view.db).then((t) => schemaOf(this.place.view, t));
    return this.#schema;
  }

  title(text) {
    if (!this.signal.aborted) {
      document.title = `${text}${this.place.view ? ` · ${this.place.view.db}` : ""} · Valence`;
    }
  }
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  place = parse(location.hash);
  const current = new Shell(place, leaving.signal);
  shell = current;
  const page = PAGES[place.page];
  current.title(page.title);
  drawNav();
  drawTools();
  main.setAttribute("aria-busy", "true");
  main.classList.add("waiting");
  let content;
  try {
    content = await page.make(place, current);
  } catch (failure) {
    if (leaving.signal.aborted && shell !== current) {
      return;
    }
    if (!failure.category) {
      console.error(failure);
    }
    content = [
      h("h1", { tabindex: "-1" }, page.title),
      problem(failure.category ? failure : { category: "fault", message: `The console failed: ${failure.message}` },
        h("div", { class: "buttons" }, h("button", { type: "button", onclick: show }, "Try again"), h("a", { class: "button", href: "#/" }, "All databases"))),
    ];
  }
  if (shell !== current) {
    return;
  }
  main.replaceChildren(...[content].flat(3).filter(Boolean));
  main.dataset.page = place.page;
  main.classList.remove("waiting");
  main.setAttribute("aria-busy", "false");
  drawTools();
  window.scrollTo(0, 0);
  if (shown) {
    (main.querySelector("h1") ?? main).focus({ preventScroll: true });
  }
  shown = true;
}

function drawNav() {
  const item = (href, iconName, title, current) =>
    h("li", null, h("a", { href, "aria-current": current ? "page" : null }, icon(iconName), h("span", null, title)));
  const { view, page } = place;
  nav.replaceChildren(
    h("ul", null, item("#/", "databases", "Databases", page === "databases"), item("#/system", "system", "System", page === "system")),
    view ? h("h2", { id: "nav-db", title: view.db }, view.db) : "",
    view
      ? h("ul", { "aria-labelledby": "nav-db" }, IN_DATABASE.map((name) => item(link(view, name), name, PAGES[name].title, page === name)))
      : "",
  );
}

function tool(name, title, onclick, ...more) {
  return h("button", { type: "button", class: "quiet", title, "aria-label": title, onclick }, icon(name), more);
}

function drawTools() {
  const focused = tools.contains(document.activeElement) ? [...tools.children].indexOf(document.activeElement) : -1;
  tools.replaceChildren(
    ...[
      place.view ? timeButton(place.view, openTime) : null,
      h("button", { type: "button", class: "quiet goto-button", onclick: () => goTo(place, shell), "aria-keyshortcuts": "Control+K" }, icon("search"), h("span", null, "Go to"), h("kbd", null, "Ctrl K")),
      signedInAs() ? tool("key", `Signed in as ${signedInAs()}: sign out`, leave) : null,
      tool("theme", `Theme: ${theme()}`, nextTheme),
      tool("help", "Keyboard shortcuts (?)", help),
    ].filter(Boolean),
  );
  if (focused >= 0) {
    tools.children[Math.min(focused, tools.children.length - 1)].focus();
  }
}

function leave() {
  signOut();
  toast("Signed out.");
  location.hash = "#/";
  show();
}

function openTime() {
  const { view } = place;
  chooseTime(view, (moment) => {
    const [path, search = ""] = location.hash.split(/\?(.*)/s);
    const params = new URLSearchParams(search);
    for (const [name, value] of [["asof", moment.asOf], ["history", moment.history ? "1" : ""]]) {
      if (value) {
        params.set(name, value);
      } else {
        params.delete(name);
      }
    }
    params.delete("before");
    location.hash = `${path}${params.size ? `?${params}` : ""}`;
  }).catch((refusal) => main.replaceChildren(problem(refusal)));
}

// --- themes

function theme() {
  return localStorage.getItem("valence.theme") ?? "system";
}

function wear(name) {
  if (name === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = name;
  }
}

function nextTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  localStorage.setItem("valence.theme", next);
  wear(next);
  drawTools();
  toast(`Theme: ${next}`);
}

// --- keys

function help() {
  const row = (keys, text) =>
    h("tr", null, h("th", { scope: "row" }, keys.map((key, i) => [i ? " " : "", h("kbd", null, key)])), h("td", null, text));
  const single = h("input", { type: "checkbox", id: "single-keys", checked: singleKeys(), onchange: () => localStorage.setItem(SINGLE_KEYS, single.checked ? "on" : "off") });
  dialog(
    "Keyboard",
    h(
      "table",
      { class: "shortcuts" },
      h("caption", { class: "sr" }, "Shortcuts"),
      h(
        "tbody",
        null,
        row(["Ctrl", "K"], "Go to a page, database, attribute or entity"),
        row(["Ctrl", "Enter"], "Run the query"),
        row(["Ctrl", "Space"], "Suggest names in the editor"),
        row(["Esc"], "Cancel what runs; close what is open"),
        row(["?"], "This list"),
        row(["/"], "Write a query"),
        row(["t"], "Time travel"),
        row(["g", "d"], "Databases"),
        row(["g", "y"], "System"),
        IN_DATABASE.map((name) => row(["g", PAGES[name].key], PAGES[name].title)),
      ),
    ),
    h("div", { class: "check" }, single, h("label", { for: "single-keys" }, "Shortcuts of single keys")),
  );
}

const singleKeys = () => localStorage.getItem(SINGLE_KEYS) !== "off";
let afterG = -Infinity;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) {
      goTo(place, shell).catch((refusal) => toast(refusal.message));
    }
    return;
  }
  const writing = event.target.closest?.("input, textarea, select, dialog");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || !singleKeys()) {
    return;
  }
  if (event.timeStamp - afterG < 1200) {
    afterG = -Infinity;
    const page = IN_DATABASE.find((name) => PAGES[name].key === event.key);
    const hash = event.key === "d" ? "#/" : event.key === "y" ? "#/system" : page && place.view ? link(place.view, page) : null;
    if (hash) {
      event.preventDefault();
      location.hash = hash;
      return;
    }
  }
  switch (event.key) {
    case "?":
      help();
      break;
    case "g":
      afterG = event.timeStamp;
      break;
    case "t":
      if (place.view) {
        openTime();
      }
      break;
    case "/":
      if (place.view) {
        event.preventDefault();
        if (place.page === "query" && shell.focusFirst) {
          shell.focusFirst.focus();
        } else {
          location.hash = link(place.view, "query");
        }
      }
      break;
  }
});

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

window.addEventListener("hashchange", show);

onUnauthenticated((why) => askForKey(why).then(drawTools));
wear(theme());
show();

