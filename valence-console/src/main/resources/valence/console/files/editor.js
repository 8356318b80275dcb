// A text area that knows EDN: colours, matching brackets, completion. What is painted lies behind the
// text area, which stays what it is to keyboards and screen readers.

import { announce, h } from "./dom.js";
import { brackets, enclosing, format, tokens } from "./tokens.js";

const CLOSE = { "(": ")", "[": "]", "{": "}", '"': '"' };
const SHOWN_MAX = 12;

let editors = 0;

export class Editor {
  #suggest;
  #suggestions = [];
  #chosen = 0;
  #word = null;

  /**
   * @param label    what screen readers call it
   * @param suggest  (text, caret, word) → [{text, detail, kind}] for the word at the caret
   * @param oninput  called after each change
   */
  constructor({ label, value, rows = 8, suggest = () => [], oninput = () => {} }) {
    const id = `editor-${++editors}`;
    this.#suggest = suggest;
    this.oninput = oninput;
    this.paper = h("pre", { class: "editor-paint", "aria-hidden": "true" });
    this.area = h("textarea", {
      id,
      class: "editor-area",
      rows,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": label,
      "aria-autocomplete": "list",
      "aria-describedby": `${id}-hint`,
      value,
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#closeList(),
      onscroll: () => this.#scroll(),
      onclick: () => {
        this.#closeList();
        this.#paint();
      },
      onkeyup: () => this.#paint(),
    });
    this.list = h("ul", { class: "suggestions", role: "listbox", id: `${id}-list`, "aria-label": "Suggestions", hidden: true });
    this.element = h(
      "div",
      { class: "editor" },
      this.paper,
      this.area,
      this.list,
      h("span", { class: "sr", id: `${id}-hint` }, "Control and Space suggests names."),
    );
    this.#paint();
  }

  get value() {
    return this.area.value;
  }

  set value(text) {
    this.area.value = text;
    this.#paint();
  }

  focus() {
    this.area.focus();
  }

  format() {
    const text = format(this.value.trim());
    if (text !== this.value) {
      this.area.focus();
      this.area.select();
      this.#type(text);
    }
  }

  #changed() {
    this.#paint();
    this.#complete(false);
    this.oninput();
  }

  #scroll() {
    this.paper.scrollTop = this.area.scrollTop;
    this.paper.scrollLeft = this.area.scrollLeft;
  }

  #paint() {
    const text = this.area.value;
    const list = tokens(text);
    const caret = this.area.selectionEnd;
    const pair = document.activeElement === this.area ? brackets(list, caret) : null;
    this.paper.replaceChildren(
      ...list.map((token) => {
        const matched = pair?.includes(token) ? (pair[1] ? " matched" : " unmatched") : "";
        return token.kind === "space"
          ? document.createTextNode(token.text)
          : h("span", { class: `tok-${token.kind}${matched}` }, token.text);
      }),
      "\n ",
    );
    this.#scroll();
  }

  /** Types at the caret, as a user would: undo takes it back. */
  #type(text) {
    if (!document.execCommand("insertText", false, text)) {
      this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
      this.#changed();
    }
  }

  #key(event) {
    if (!this.list.hidden && this.#keyInList(event)) {
      event.preventDefault();
      return;
    }
    const { selectionStart: start, selectionEnd: end, value } = this.area;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === " ") {
      event.preventDefault();
      this.#complete(true);
    } else if (command || event.altKey || event.isComposing) {
      return;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#type(`\n${" ".repeat(this.#indent(start))}`);
    } else if (event.key in CLOSE && start === end && /^$|[\s)\]}]/.test(value[end] ?? "") && this.#pairs(event.key)) {
      event.preventDefault();
      this.#type(event.key + CLOSE[event.key]);
      this.area.setSelectionRange(start + 1, start + 1);
      this.#paint();
    } else if (start === end && value[end] === event.key && /^[)\]}"]$/.test(event.key) && value[end - 1] !== "\\") {
      event.preventDefault();
      this.area.setSelectionRange(end + 1, end + 1);
      this.#paint();
    } else if (event.key === "Backspace" && start === end && start > 0 && CLOSE[value[start - 1]] === value[start]) {
      event.preventDefault();
      this.area.setSelectionRange(start - 1, start + 1);
      document.execCommand("delete");
    }
  }

  #pairs(key) {
    const token = tokens(this.value).find(
      (each) => each.start < this.area.selectionEnd && each.end >= this.area.selectionEnd,
    );
    return token?.kind !== "string" && token?.kind !== "comment" && !(key === '"' && token?.kind === "character");
  }

  /**
   * The column that a new line begins at: behind the bracket that is open, or below what follows the
   * last key of a query, as clauses do.
   */
  #indent(position) {
    const list = tokens(this.value);
    const open = enclosing(list, position).at(-1);
    if (!open) {
      return 0;
    }
    const column = (at) => at - (this.value.lastIndexOf("\n", at - 1) + 1);
    const inside = list.filter(
      (each) => each.start >= open.end && each.end <= position && each.kind !== "space" && enclosing(list, each.start).at(-1) === open,
    );
    const key = inside.findLastIndex((each) => /^:(find|in|where|with)$/.test(each.text));
    const first = inside[key + 1];
    return key >= 0 && open.text === "[" && first && first.kind !== "close" ? column(first.start) : column(open.end);
  }

  // --- completion

  #complete(asked) {
    const { selectionEnd: caret, value } = this.area;
    const list = tokens(value);
    const token = list.find((each) => each.start < caret && each.end >= caret);
    const isWord = token && ["keyword", "variable", "symbol"].includes(token.kind);
    if ((token && !isWord && token.kind !== "space" && token.kind !== "open") || (!isWord && !asked)) {
      this.#closeList();
      return;
    }
    this.#word = isWord ? { start: token.start, end: token.end } : { start: caret, end: caret };
    const word = value.slice(this.#word.start, caret);
    const found = this.#suggest(value, this.#word.start, word);
    this.#suggestions = found.filter((each) => asked || each.text !== word).slice(0, SHOWN_MAX);
    if (this.#suggestions.length === 0 || (found.length === 1 && found[0].text === word)) {
      this.#closeList();
      return;
    }
    this.#chosen = 0;
    this.#show();
    announce(`${this.#suggestions.length} suggestions; first ${this.#suggestions[0].text}`);
  }

  #show() {
    const id = this.list.id;
    this.list.replaceChildren(
      ...this.#suggestions.map((each, index) =>
        h(
          "li",
          {
            id: `${id}-${index}`,
            role: "option",
            "aria-selected": String(index === this.#chosen),
            onmousedown: (event) => {
              event.preventDefault();
              this.#chosen = index;
              this.#accept();
            },
          },
          h("span", { class: `suggestion tok-${each.kind}` }, each.text),
          h("span", { class: "detail" }, each.detail ?? ""),
        ),
      ),
    );
    this.list.hidden = false;
    this.area.setAttribute("aria-controls", id);
    this.area.setAttribute("aria-activedescendant", `${id}-${this.#chosen}`);
    const at = this.#place(this.#word.start);
    this.list.style.left = `${Math.max(0, Math.min(at.left, this.element.clientWidth - this.list.offsetWidth - 8))}px`;
    this.list.style.top = `${at.bottom + 2}px`;
    this.list.children[this.#chosen]?.scrollIntoView({ block: "nearest" });
  }

  /** Where a position of the text is painted, in the editor. */
  #place(position) {
    const walker = document.createTreeWalker(this.paper, NodeFilter.SHOW_TEXT);
    let left = position;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left <= node.length) {
        const range = document.createRange();
        range.setStart(node, left);
        range.setEnd(node, Math.min(node.length, left + 1));
        const spot = range.getBoundingClientRect();
        const frame = this.element.getBoundingClientRect();
        return { left: spot.left - frame.left, bottom: spot.bottom - frame.top };
      }
      left -= node.length;
    }
    return { left: 0, bottom: 0 };
  }

  #keyInList(event) {
    const count = this.#suggestions.length;
    switch (event.key) {
      case "ArrowDown":
        this.#chosen = (this.#chosen + 1) % count;
        this.#show();
        return true;
      case "ArrowUp":
        this.#chosen = (this.#chosen + count - 1) % count;
        this.#show();
        return true;
      case "Enter":
      case "Tab":
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          this.#closeList();
          return false;
        }
        this.#accept();
        return true;
      case "Escape":
        event.stopPropagation();
        this.#closeList();
        return true;
      default:
        return false;
    }
  }

  #accept() {
    const { text } = this.#suggestions[this.#chosen];
    this.area.setSelectionRange(this.#word.start, this.#word.end);
    this.#type(text);
    this.#closeList();
  }

  #closeList() {
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
    this.area.removeAttribute("aria-controls");
  }
}
