// EDN as the node speaks it (docs/protocol.md): text to values and back.
//
// Whole numbers are bigint, doubles are number, vectors are arrays, nil is null. Everything else
// that JavaScript has no literal for is a class below. Keywords are interned: compare with ===.

const DEPTH_MAX = 256;

export class Keyword {
  constructor(name) {
    this.name = name; // without the colon
  }

  get namespace() {
    const slash = this.name.indexOf("/");
    return slash > 0 ? this.name.slice(0, slash) : "";
  }

  get local() {
    return this.name.slice(this.namespace ? this.namespace.length + 1 : 0);
  }

  toString() {
    return `:${this.name}`;
  }
}

export class Sym {
  constructor(name) {
    this.name = name;
  }
}

export class Char {
  constructor(text) {
    this.text = text;
  }
}

/** A whole number written with an N. */
export class BigWhole {
  constructor(value) {
    this.value = value;
  }
}

/** A number written with an M; its digits are kept as they are. */
export class Decimal {
  constructor(text) {
    this.text = text;
  }
}

export class Uuid {
  constructor(text) {
    this.text = text;
  }
}

/** A point in time, with the text that it was written with. */
export class Inst {
  constructor(text) {
    this.text = text;
  }

  /** Invalid for years that a Date doesn't reach. */
  get date() {
    return new Date(this.text.replace(/-00:00$/, "Z"));
  }
}

export class Pattern {
  constructor(source) {
    this.source = source; // as it stands between the quotes
  }
}

export class List {
  constructor(items) {
    this.items = items;
  }
}

export class EdnSet {
  constructor(items) {
    this.items = items;
  }
}

export class EdnMap {
  #index;

  constructor(entries) {
    this.entries = entries;
  }

  /** The value of a key that is a scalar; undefined when there is none. */
  get(key) {
    this.#index ??= new Map(this.entries);
    return this.#index.get(key);
  }

  /** The value of the keyword with this name. */
  at(name) {
    return this.get(kw(name));
  }
}

export class Datom {
  constructor([e, a, v, tx, added]) {
    Object.assign(this, { e, a, v, tx, added });
  }
}

/** Any other tag: #bytes, #uri, #float, #valence/db … */
export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

/** Text that isn't EDN; `position` is where. */
export class EdnError extends Error {
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

const keywords = new Map();

export function kw(name) {
  let keyword = keywords.get(name);
  if (keyword === undefined) {
    keyword = new Keyword(name);
    keywords.set(name, keyword);
  }
  return keyword;
}

const BLANK = /(?:[\s,]+|;[^\n]*)+/y;
const TOKEN = /[^\s,()[\]{}";]+/y;
const STRING = /"((?:[^"\\]|\\[^])*)"/y;
const WHOLE = /^[-+]?(?:0|[1-9][0-9]*)N?$/;
const RADIX = /^([-+]?)(?:0[xX]([0-9A-Fa-f]+)|0([0-7]+)|([1-9][0-9]?)[rR]([0-9A-Za-z]+))(N?)$/;
const FRACTION = /^[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?M?$/;
const NAMED = { newline: "\n", space: " ", tab: "\t", return: "\r", backspace: "\b", formfeed: "\f" };
const ESCAPES = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(message, position = this.at) {
    const before = this.text.slice(0, position);
    const line = before.split("\n").length;
    const column = position - before.lastIndexOf("\n");
    throw new EdnError(`${message} (line ${line}, column ${column})`, position);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) {
      this.at = pattern.lastIndex;
    }
    return found;
  }

  skip(depth) {
    this.match(BLANK);
    while (this.text.startsWith("#_", this.at)) {
      this.at += 2;
      this.read(depth + 1);
      this.match(BLANK);
    }
  }

  read(depth) {
    if (depth > DEPTH_MAX) {
      this.fail("The text is nested too deeply.");
    }
    this.skip(depth);
    const start = this.at;
    switch (this.text[start]) {
      case undefined:
        return this.fail("The text ends where a value was expected.");
      case "(":
        return new List(this.items(depth, ")"));
      case "[":
        return this.items(depth, "]");
      case "{":
        return this.map(start, this.items(depth, "}"));
      case ")":
      case "]":
      case "}":
        return this.fail(`Unmatched ${this.text[start]}.`);
      case '"':
        return unescape(this.quoted());
      case "\\":
        return this.character();
      case "'":
        this.at++;
        return new List([new Sym("quote"), this.read(depth + 1)]);
      case "^":
        this.at++;
        this.read(depth + 1);
        return this.read(depth + 1);
      case "#":
        return this.dispatch(depth);
      default:
        return this.token();
    }
  }

  items(depth, close) {
    const start = this.at++;
    const items = [];
    for (;;) {
      this.skip(depth);
      const next = this.text[this.at];
      if (next === undefined) {
        this.fail(`What opens with ${this.text[start]} isn't closed with ${close}.`, start);
      }
      if (next === close) {
        this.at++;
        return items;
      }
      if (next === ")" || next === "]" || next === "}") {
        this.fail(`Unmatched ${next}: ${close} was expected.`);
      }
      items.push(this.read(depth + 1));
    }
  }

  map(start, items) {
    if (items.length % 2 !== 0) {
      this.fail("A map has a key without a value.", start);
    }
    const entries = [];
    for (let i = 0; i < items.length; i += 2) {
      entries.push([items[i], items[i + 1]]);
    }
    return new EdnMap(entries);
  }

  quoted() {
    const found = this.match(STRING);
    return found ? found[1] : this.fail('A string isn\'t closed with ".');
  }

  character() {
    const start = ++this.at;
    const first = String.fromCodePoint(this.text.codePointAt(start) ?? 32);
    this.at += first.length;
    const more = this.match(TOKEN);
    const word = first + (more ? more[0] : "");
    if (word.length === first.length) {
      return new Char(word);
    }
    if (word in NAMED) {
      return new Char(NAMED[word]);
    }
    if (/^u[0-9A-Fa-f]{4}$/.test(word)) {
      return new Char(String.fromCharCode(parseInt(word.slice(1), 16)));
    }
    return this.fail(`\\${word} is no character.`, start - 1);
  }

  dispatch(depth) {
    const start = this.at++;
    const next = this.text[this.at];
    if (next === "{") {
      return new EdnSet(this.items(depth, "}"));
    }
    if (next === '"') {
      return new Pattern(this.quoted());
    }
    if (next === "#") {
      this.at++;
      const name = this.match(TOKEN)?.[0];
      const values = { NaN, Inf: Infinity, "-Inf": -Infinity };
      return name in values ? values[name] : this.fail(`##${name} is unknown.`, start);
    }
    const tag = this.match(TOKEN)?.[0] ?? this.fail("The # starts nothing.", start);
    if (tag.startsWith(":")) {
      this.skip(depth);
      const map = this.map(start, this.items(depth, "}"));
      return new EdnMap(map.entries.map(([key, value]) => [within(tag.slice(1), key), value]));
    }
    return tagged(tag, this.read(depth + 1));
  }

  token() {
    const start = this.at;
    const token = this.match(TOKEN)[0];
    switch (token) {
      case "nil":
        return null;
      case "true":
        return true;
      case "false":
        return false;
    }
    if (/^[-+]?[0-9]/.test(token)) {
      return number(token) ?? this.fail(`${token} isn't a number.`, start);
    }
    if (token.startsWith(":")) {
      return token.length > 1 ? kw(token.slice(1)) : this.fail("A keyword has no name.", start);
    }
    return /[@`~]/.test(token[0]) ? this.fail(`${token[0]} has no meaning.`, start) : new Sym(token);
  }
}

function number(token) {
  if (WHOLE.test(token)) {
    const big = token.endsWith("N");
    const value = BigInt((big ? token.slice(0, -1) : token).replace("+", ""));
    return big || BigInt.asIntN(64, value) !== value ? new BigWhole(value) : value;
  }
  const radix = RADIX.exec(token);
  if (radix) {
    const [, sign, hexadecimal, octal, base, digits, big] = radix;
    let value = 0n;
    const radixOf = BigInt(hexadecimal ? 16 : octal ? 8 : base);
    for (const digit of hexadecimal ?? octal ?? digits) {
      const worth = BigInt(parseInt(digit, 36));
      if (worth >= radixOf) {
        return undefined;
      }
      value = value * radixOf + worth;
    }
    value = sign === "-" ? -value : value;
    return big || BigInt.asIntN(64, value) !== value ? new BigWhole(value) : value;
  }
  if (!FRACTION.test(token)) {
    return undefined;
  }
  return token.endsWith("M") ? new Decimal(token.slice(0, -1)) : Number(token);
}

function unescape(raw) {
  if (!raw.includes("\\")) {
    return raw;
  }
  return raw.replace(/\\(u[0-9A-Fa-f]{4}|[0-3]?[0-7]{1,2}|[^])/g, (_, escape) => {
    if (/^u./.test(escape)) {
      return String.fromCharCode(parseInt(escape.slice(1), 16));
    }
    if (/^[0-7]/.test(escape)) {
      return String.fromCharCode(parseInt(escape, 8));
    }
    return ESCAPES[escape] ?? escape;
  });
}

function within(namespace, key) {
  const plain = key instanceof Keyword || key instanceof Sym;
  if (!plain) {
    return key;
  }
  const name = key.name.startsWith("_/")
    ? key.name.slice(2)
    : key.name.includes("/")
      ? key.name
      : `${namespace}/${key.name}`;
  return key instanceof Keyword ? kw(name) : new Sym(name);
}

function tagged(tag, value) {
  switch (tag) {
    case "inst":
      return new Inst(value);
    case "uuid":
      return new Uuid(value);
    case "datom":
      return new Datom(value);
    case "double":
      return Number(value);
    default:
      return new Tagged(tag, value);
  }
}

/** The one value of a text. Throws an EdnError. */
export function read(text) {
  const reader = new Reader(text);
  const value = reader.read(0);
  reader.skip(0);
  if (reader.at < text.length) {
    reader.fail("After the value there is more text.");
  }
  return value;
}

function double(value) {
  if (Number.isNaN(value)) {
    return "##NaN";
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? "##Inf" : "##-Inf";
  }
  if (Object.is(value, -0)) {
    return "-0.0";
  }
  const text = String(value).replace("e+", "e");
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const STRING_ESCAPES = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };

export function string(text) {
  return `"${text.replace(/["\\\n\t\r]/g, (c) => STRING_ESCAPES[c])}"`;
}

function character(text) {
  const name = Object.keys(NAMED).find((each) => NAMED[each] === text);
  if (name) {
    return `\\${name}`;
  }
  return /^[\s,\ud800-\udfff\u0000-\u001f]$/.test(text)
    ? `\\u${text.charCodeAt(0).toString(16).padStart(4, "0")}`
    : `\\${text}`;
}

/** What a value consists of, when it is a collection: [before, parts, after]. */
function parts(value) {
  if (Array.isArray(value)) {
    return ["[", value, "]"];
  }
  if (value instanceof List) {
    return ["(", value.items, ")"];
  }
  if (value instanceof EdnSet) {
    return ["#{", value.items, "}"];
  }
  if (value instanceof Datom) {
    return ["#datom [", [value.e, value.a, value.v, value.tx, value.added], "]"];
  }
  return undefined;
}

/** The value as EDN on one line. */
export function print(value) {
  if (value === null || value === undefined) {
    return "nil";
  }
  switch (typeof value) {
    case "string":
      return string(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return double(value);
  }
  const collection = parts(value);
  if (collection) {
    return collection[0] + collection[1].map(print).join(" ") + collection[2];
  }
  if (value instanceof EdnMap) {
    return `{${value.entries.map(([k, v]) => `${print(k)} ${print(v)}`).join(", ")}}`;
  }
  switch (value.constructor) {
    case Keyword:
      return value.toString();
    case Sym:
      return value.name;
    case BigWhole:
      return `${value.value}N`;
    case Decimal:
      return `${value.text}M`;
    case Char:
      return character(value.text);
    case Inst:
      return `#inst ${string(value.text)}`;
    case Uuid:
      return `#uuid ${string(value.text)}`;
    case Pattern:
      return `#"${value.source}"`;
    case Tagged:
      return `#${value.tag} ${print(value.value)}`;
    default:
      throw new TypeError(`There is no EDN for ${value}.`);
  }
}

/** The value as EDN, in indented lines where it is longer than the width. */
export function pretty(value, width = 80, indent = 0) {
  const flat = print(value);
  if (flat.length + indent <= width) {
    return flat;
  }
  if (value instanceof EdnMap) {
    const lines = value.entries.map(([key, each]) => {
      const name = print(key);
      return `${name} ${pretty(each, width, indent + 2 + name.length)}`;
    });
    return `{${lines.join(`\n${" ".repeat(indent + 1)}`)}}`;
  }
  const collection = parts(value);
  if (!collection) {
    return flat;
  }
  const inner = indent + collection[0].length;
  const lines = collection[1].map((each) => pretty(each, width, inner));
  return collection[0] + lines.join(`\n${" ".repeat(inner)}`) + collection[2];
}
