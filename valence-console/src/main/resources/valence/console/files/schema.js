// What a database says of itself: attributes and idents, asked once for each value of it.

import { call, dbText, q } from "./api.js";
import { Keyword, Uuid, kw, print } from "./edn.js";

const ATTRIBUTES =
  "[:find [(pull ?a [:db/id :db/ident :db/isComponent :db/index :db/noHistory :db/doc :db/tupleAttrs" +
  " :db/tupleType :db/tupleTypes :db.attr/preds {:db/valueType [:db/ident]}" +
  " {:db/cardinality [:db/ident]} {:db/unique [:db/ident]}]) ...] :where [?a :db/valueType]]";
const IDENTS = "[:find ?e ?ident :where [?e :db/ident ?ident]]";

/** The first id that transactions of users give: below are what every database begins with. */
const TX_PARTITION = 3n << 42n;
const USER_PARTITION = 4n << 42n;
const LABELS = ["name", "title", "label", "sku", "code", "email", "id", "slug", "key", "description"];

/** Whether a number looks like the id of an entity that somebody made, or of a transaction. */
export function looksLikeEntity(value) {
  return typeof value === "bigint" && value >= TX_PARTITION && value < 1n << 60n;
}

export const txOf = (t) => TX_PARTITION | BigInt(t);
export const tOf = (tx) => tx & ((1n << 42n) - 1n);
export const isTx = (e) => e >= TX_PARTITION && e < USER_PARTITION;

class Attribute {
  constructor(map) {
    const ident = (name) => map.at(name)?.at("db/ident")?.local ?? "";
    this.id = map.at("db/id");
    this.keyword = map.at("db/ident");
    this.ident = String(this.keyword ?? this.id);
    this.namespace = this.keyword?.namespace ?? "";
    this.local = this.keyword?.local ?? this.ident;
    this.type = ident("db/valueType");
    this.many = ident("db/cardinality") === "many";
    this.unique = ident("db/unique");
    this.component = map.at("db/isComponent") === true;
    this.indexed = map.at("db/index") === true;
    this.noHistory = map.at("db/noHistory") === true;
    this.doc = map.at("db/doc") ?? "";
    const of = map.at("db/tupleAttrs") ?? map.at("db/tupleTypes") ?? map.at("db/tupleType");
    this.tuple = of === undefined ? "" : print(of);
  }

  /** Whether every database has it. */
  get system() {
    return this.namespace === "db" || this.namespace.startsWith("db.") ||
      this.namespace === "fressian" || this.namespace.startsWith("valence.");
  }
}

export class Schema {
  constructor(attributes, idents) {
    this.attributes = attributes.sort((a, b) => (a.ident < b.ident ? -1 : 1));
    this.byIdent = new Map(attributes.map((each) => [each.ident, each]));
    this.byId = new Map(attributes.map((each) => [each.id, each]));
    this.idents = new Map(idents.map(([e, ident]) => [e, ident]));
    this.labels = attributes
      .filter((each) => !each.many && !each.system && each.type !== "ref" && (each.unique || LABELS.includes(each.local)))
      .sort((a, b) => (LABELS.indexOf(a.local) >>> 0) - (LABELS.indexOf(b.local) >>> 0)); // those not in it last
  }

  /** The users' attributes. */
  get own() {
    return this.attributes.filter((each) => !each.system);
  }

  /** The ident of an entity, or its id. */
  name(e) {
    const ident = this.idents.get(e);
    return ident instanceof Keyword ? String(ident) : String(e);
  }

  /** Those of them that users made. */
  get ownNames() {
    return this.names.filter((each) => !/^(db|fressian|valence)\b/.test(each.namespace));
  }

  /** Idents that aren't attributes, such as enumerations. */
  get names() {
    return [...this.idents]
      .filter(([e, ident]) => ident instanceof Keyword && !this.byId.has(e))
      .map(([, ident]) => ident);
  }
}

const kept = new Map(); // by the text of the database value

/** The schema of a view; asked again when `t` is a new one. */
export async function schemaOf(view, t = "") {
  const key = `${dbText({ ...view, history: false })} ${t}`;
  let schema = kept.get(key);
  if (!schema) {
    const now = { ...view, history: false };
    schema = Promise.all([q(now, ATTRIBUTES), q(now, IDENTS)]).then(
      ([attributes, idents]) => new Schema(attributes.map((map) => new Attribute(map)), idents),
    );
    schema.catch(() => kept.delete(key));
    if (kept.size > 32) {
      kept.clear();
    }
    kept.set(key, schema);
  }
  return schema;
}

/** The t of a database's newest value. */
export async function newestT(db) {
  return (await call("db", `{:db-name ${print(db)}}`)).value.at("t");
}

/** What people call these entities: their ident, or the value of an attribute like a name. */
export async function labelsOf(view, schema, ids) {
  const labels = new Map();
  const asked = [];
  for (const id of new Set(ids)) {
    if (schema.idents.has(id)) {
      labels.set(id, schema.name(id));
    } else {
      asked.push(id);
    }
  }
  if (asked.length > 0 && schema.labels.length > 0) {
    const wanted = schema.labels.slice(0, 40).map((each) => each.ident);
    const found = await q(
      { ...view, history: false },
      `[:find [(pull ?e [:db/id ${wanted.join(" ")}]) ...] :in $ [?e ...]]`,
      [`[${asked.join(" ")}]`],
    );
    for (const map of found) {
      const ident = wanted.find((each) => map?.get(kw(each.slice(1))) !== undefined);
      if (ident) {
        const value = map.get(kw(ident.slice(1)));
        labels.set(map.at("db/id"), typeof value === "string" ? value : `${schema.byIdent.get(ident).local} ${value instanceof Uuid ? value.text : print(value)}`);
      }
    }
  }
  return labels;
}
