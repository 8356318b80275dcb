// Addresses: everything that a page shows is in the part behind the #, so that a link shows the same.
//
//   #/                          databases
//   #/system                    the system
//   #/db/NAME/PAGE/REST?asof=T&history=1&…

const PAGES = new Set(["overview", "query", "entity", "log", "schema"]);

/** The place that an address names: {page, view: {db, asOf, history} | null, rest, params}. */
export function parse(hash) {
  const [path, search = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const params = new URLSearchParams(search);
  const [first, db, page = "overview", ...rest] = path.split("/").filter(Boolean).map(decode);
  if (first === "db" && db && PAGES.has(page)) {
    const view = { db, asOf: params.get("asof") ?? "", history: params.get("history") === "1" };
    return { page, view, rest: rest.join("/"), params };
  }
  if (first === "system") {
    return { page: "system", view: null, rest: "", params };
  }
  return { page: first ? "nowhere" : "databases", view: null, rest: "", params };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a % that was meant as one
  }
}

/** The address of a page of a view; `params` without value are left out. */
export function link(view, page, rest = "", params = {}) {
  const all = { asof: view.asOf, history: view.history ? "1" : "", ...params };
  const search = new URLSearchParams(Object.entries(all).filter(([, value]) => value)).toString();
  const path = ["db", view.db, page, rest].filter((each) => each !== "").map(encodeURIComponent);
  return `#/${path.join("/")}${search ? `?${search}` : ""}`;
}

/** Changes the address without a new page, for what a page itself has already shown. */
export function rewrite(hash) {
  history.replaceState(null, "", hash);
}

/** Changes the address so that going back leads to what was shown before. */
export function push(hash) {
  if (hash !== location.hash) {
    history.pushState(null, "", hash);
  }
}
