// EDN text as it is being written: tokens for colours, brackets, completion and layout. Never fails:
// half a form is what an editor mostly has.

const TOKEN =
  /(?<space>[\s,]+)|(?<comment>;[^\n]*)|(?<string>#?"(?:[^"\\]|\\[^])*(?:"|$))|(?<character>\\(?:[^\s,()[\]{}";]+|[^]))|(?<open>#\{|[([{])|(?<close>[)\]}])|(?<prefix>#_|'|\^)|(?<word>[^\s,()[\]{}";]+)/g;

const PAIRS = { "(": ")", "[": "]", "{": "}", "#{": "}" };

function kindOf(word) {
  if (word.startsWith(":")) {
    return "keyword";
  }
  if (/^[?$%]/.test(word)) {
    return "variable";
  }
  if (/^[-+]?[0-9]/.test(word)) {
    return "number";
  }
  if (word.startsWith("#")) {
    return "tag";
  }
  return /^(nil|true|false)$/.test(word) ? "number" : "symbol";
}

/** Every char of the text, in tokens {kind, text, start, end}. */
export function tokens(text) {
  return Array.from(text.matchAll(TOKEN), (found) => {
    const [kind, part] = Object.entries(found.groups).find(([, each]) => each !== undefined);
    return {
      kind: kind === "word" ? kindOf(part) : kind,
      text: part,
      start: found.index,
      end: found.index + part.length,
    };
  });
}

/** The brackets at the caret: [one, its partner or null]; null when there is none. */
export function brackets(list, caret) {
  const index =
    list.findIndex((each) => each.kind === "close" && each.end === caret) >= 0
      ? list.findIndex((each) => each.kind === "close" && each.end === caret)
      : list.findIndex((each) => each.kind === "open" && each.start === caret);
  if (index < 0) {
    return null;
  }
  const step = list[index].kind === "open" ? 1 : -1;
  let depth = 0;
  for (let i = index; i >= 0 && i < list.length; i += step) {
    depth += list[i].kind === "open" ? step : list[i].kind === "close" ? -step : 0;
    if (depth === 0) {
      const [open, close] = step > 0 ? [list[index], list[i]] : [list[i], list[index]];
      return PAIRS[open.text] === close.text ? [list[index], list[i]] : [list[index], null];
    }
  }
  return [list[index], null];
}

/** The brackets that are open at a position, outermost first. */
export function enclosing(list, position) {
  const open = [];
  for (const token of list) {
    if (token.end > position) {
      break;
    }
    if (token.kind === "open") {
      open.push(token);
    } else if (token.kind === "close") {
      open.pop();
    }
  }
  return open;
}

// --- layout

function tree(list) {
  let at = 0;
  const items = (until) => {
    const found = [];
    let prefix = "";
    for (; at < list.length; at++) {
      const token = list[at];
      if (token.kind === "space") {
        continue;
      }
      if (token.kind === "close") {
        if (!until) {
          return null; // more is closed than was opened
        }
        return token.text === until ? found : null;
      }
      if (token.kind === "prefix" || (token.kind === "tag" && token.text !== "#")) {
        prefix += token.text + (token.kind === "tag" ? " " : "");
      } else if (token.kind === "open") {
        at++;
        const inner = items(PAIRS[token.text]);
        if (!inner) {
          return null;
        }
        found.push({ open: prefix + token.text, close: PAIRS[token.text], items: inner });
        prefix = "";
      } else {
        found.push({ text: prefix + token.text, comment: token.kind === "comment" });
        prefix = "";
      }
    }
    return until || prefix ? null : found;
  };
  return items("");
}

function flat(node) {
  if (node.text !== undefined) {
    return node.comment ? null : node.text;
  }
  const inner = node.items.map(flat);
  return inner.includes(null) ? null : node.open + inner.join(" ") + node.close;
}

const isKey = (node) => /^:(find|with|in|where|keys|strs|syms|limit|offset)$/.test(node.text ?? "");

/** Parts put one after another, in lines that start at `indent`. */
function fill(parts, indent, width) {
  const stacked = parts.length > 1 && parts.every(([node]) => node.items);
  let out = "";
  let column = indent;
  for (const [node, text] of parts) {
    const lines = text.split("\n");
    if (out && (stacked || column + 1 + lines[0].length > width)) {
      out += `\n${" ".repeat(indent)}`;
      column = indent;
    } else if (out) {
      out += " ";
      column++;
    }
    out += text;
    column = lines.length > 1 ? lines.at(-1).length : column + text.length;
    if (node.comment) {
      column = Infinity;
    }
  }
  return out;
}

function layout(node, indent, width, top = false) {
  const short = flat(node);
  const query = node.open === "[" && node.items.some(isKey) && isKey(node.items[0] ?? {});
  if (short !== null && indent + short.length <= width && !(top && query)) {
    return short;
  }
  if (node.text !== undefined) {
    return node.text;
  }
  const inner = indent + node.open.length;
  if (query) {
    const groups = [];
    for (const item of node.items) {
      if (isKey(item)) {
        groups.push([item]);
      } else {
        groups.at(-1).push(item);
      }
    }
    const lines = groups.map(([key, ...rest]) => {
      const column = inner + key.text.length + 1;
      const parts = rest.map((each) => [each, layout(each, column, width)]);
      const each = key.text === ":where"
        ? parts.map(([, text]) => text).join(`\n${" ".repeat(column)}`)
        : fill(parts, column, width);
      return `${key.text} ${each}`;
    });
    return node.open + lines.join(`\n${" ".repeat(inner)}`) + node.close;
  }
  const last = node.items.at(-1)?.comment ? `\n${" ".repeat(inner)}` : "";
  if (node.close === "}" && node.open.endsWith("{") && !node.open.endsWith("#{")) {
    let out = "";
    let key = null;
    for (const item of node.items) {
      if (item.comment || key === null) {
        out += `${out ? `\n${" ".repeat(inner)}` : ""}${layout(item, inner, width)}`;
        key = item.comment ? null : item;
      } else {
        out += ` ${layout(item, inner + (flat(key)?.length ?? 0) + 1, width)}`;
        key = null;
      }
    }
    return node.open + out + last + node.close;
  }
  if (node.open.endsWith("(") && node.items[0]?.text && !node.items[0].comment) {
    const [head, ...rest] = node.items;
    const column = inner + head.text.length + 1;
    const lines = rest.map((each) => layout(each, column, width));
    return `${node.open}${head.text} ${lines.join(`\n${" ".repeat(column)}`)}${last}${node.close}`;
  }
  const parts = node.items.map((each) => [each, layout(each, inner, width)]);
  return node.open + fill(parts, inner, width) + last + node.close;
}

/** The text in lines, clause under clause; as it is when its brackets don't match. */
export function format(text, width = 80) {
  const nodes = tree(tokens(text));
  if (!nodes || nodes.length === 0) {
    return text;
  }
  return nodes.map((node) => layout(node, 0, width, true)).join("\n");
}
