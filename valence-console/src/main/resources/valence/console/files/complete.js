// What can stand where somebody is writing a query.

import { enclosing, tokens } from "./tokens.js";

const WORDS = {
  ":find": "what is wanted",
  ":in": "names of the inputs",
  ":where": "clauses",
  ":with": "variables that keep rows apart",
  ":keys": "names of columns",
  ":strs": "names of columns, as strings",
  ":syms": "names of columns, as symbols",
};
const PULL = {
  ":as": "another key",
  ":limit": "at most so many",
  ":default": "when there is none",
  ":xform": "a function for the value",
  ":db/id": "the entity's id",
};
const CALLS = {
  pull: "(pull ?e [*])",
  count: "rows",
  "count-distinct": "different values",
  distinct: "a set of values",
  sum: "",
  avg: "",
  min: "",
  max: "",
  median: "",
  variance: "",
  stddev: "",
  rand: "any",
  sample: "any n",
  not: "rows without",
  "not-join": "rows without, by [?vars]",
  or: "one of the clauses",
  "or-join": "one of the clauses, by [?vars]",
  and: "all of the clauses",
  "get-else": "[(get-else $ ?e :a default) ?v]",
  "get-some": "the first of some attributes",
  "missing?": "[(missing? $ ?e :a)]",
  ground: "[(ground [1 2]) [?x ...]]",
  tuple: "[(tuple ?a ?b) ?t]",
  untuple: "[(untuple ?t) [?a ?b]]",
  q: "a query within",
  identity: "",
  "=": "",
  "!=": "",
  "<": "",
  "<=": "",
  ">": "",
  ">=": "",
  "+": "",
  "-": "",
  "*": "",
  "/": "",
  str: "text of values",
  "clojure.string/starts-with?": "",
  "clojure.string/ends-with?": "",
  "clojure.string/includes?": "",
  "clojure.string/lower-case": "",
  "clojure.string/upper-case": "",
  "re-find": "by a #\"pattern\"",
};

/** How well a name fits what was typed; Infinity when it doesn't. */
function fit(name, word) {
  const lower = name.toLowerCase();
  const typed = word.toLowerCase();
  const bare = typed.replace(/^:/, "");
  if (lower.startsWith(typed)) {
    return 0;
  }
  if (lower.slice(lower.indexOf("/") + 1).startsWith(bare)) {
    return 1;
  }
  return bare && lower.includes(bare) ? 2 : Infinity;
}

function ranked(candidates, word) {
  return candidates
    .map((each, index) => ({ ...each, index, rank: fit(each.text, word) }))
    .filter((each) => each.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.index - b.index);
}

const entries = (words, kind) => Object.entries(words).map(([text, detail]) => ({ text, detail, kind }));

function attribute(each, counts) {
  const rows = counts?.get(each.ident);
  const facts = [each.type, each.many ? "many" : "", each.unique && `unique ${each.unique}`];
  const size = rows === undefined ? "" : `${rows}`;
  return { text: each.ident, kind: "keyword", detail: [...facts, size].filter(Boolean).join(" · ") };
}

/**
 * @param schema  of the database; null while it is being read
 * @param rules   the text of the rules, of which names are offered
 */
export function suggest(text, start, word, schema, rules = "", counts = null) {
  const list = tokens(text);
  const before = list.filter((each) => each.end <= start && each.kind !== "space").at(-1);
  const open = enclosing(list, start);
  const inPull = open.some((bracket) => {
    const next = list.find((each) => each.start >= bracket.end && each.kind !== "space");
    return bracket.text === "(" && next?.text === "pull";
  });
  const names = new Map();
  for (const token of [...list, ...tokens(rules)]) {
    if (token.kind === "variable" && token.start !== start) {
      names.set(token.text, (names.get(token.text) ?? 0) + 1);
    }
  }
  const variables = [...names.keys()].map((each) => ({ text: each, kind: "variable", detail: "" }));
  if (/^[?$%]/.test(word)) {
    return ranked(variables, word);
  }
  const attributes = (schema?.own ?? []).map((each) => attribute(each, counts));
  const system = (schema?.attributes ?? []).filter((each) => each.system).map((each) => attribute(each, null));
  const idents = (schema?.names ?? []).map((each) => ({ text: String(each), kind: "keyword", detail: "ident" }));
  const words = inPull ? entries(PULL, "keyword") : open.length <= 1 ? entries(WORDS, "keyword") : [];
  const keywords = [...words, ...attributes, ...system, ...idents];
  if (word.startsWith(":")) {
    return ranked(keywords, word);
  }
  if (before?.text === "(") {
    const rulesNamed = [...rules.matchAll(/\[\s*\(\s*([^\s()[\]]+)/g)].map((found) => ({
      text: found[1],
      kind: "symbol",
      detail: "rule",
    }));
    return ranked([...rulesNamed, ...entries(CALLS, "symbol")], word);
  }
  return word === "" ? [...variables.slice(0, 5), ...keywords] : ranked([...variables, ...keywords], word);
}
