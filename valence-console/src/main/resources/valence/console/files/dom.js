// Elements. Text only ever becomes text nodes: nothing that comes from a database is markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name === "style") {
      for (const [property, each] of Object.entries(value)) {
        element.style.setProperty(property, each);
      }
    } else if (name === "value" || name === "checked" || name === "selected") {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(4).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

/** An HTML element: h("a", { href, class, onclick }, …children). */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Text for screen readers alone. */
export function hidden(text) {
  return h("span", { class: "sr" }, text);
}

const PATHS = {
  databases: "M3 5c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zm0 0v6c0 1.1 2.2 2 5 2s5-.9 5-2V5M3 8c0 1.1 2.2 2 5 2s5-.9 5-2",
  overview: "M2.5 13.5v-4h3v4zm4-0v-11h3v11zm4 0v-7h3v7z",
  query: "M6 4 2.5 8 6 12M10 4l3.5 4L10 12",
  entity: "M8 2.5 13 5.25v5.5L8 13.5l-5-2.75v-5.5zM3 5.25 8 8l5-2.75M8 8v5.5",
  log: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  schema: "M2.5 2.5h4v4h-4zM9.5 9.5h4v4h-4zM4.5 6.5v5h5",
  system: "M2.5 3.5h11v6h-11zM6 13h4M8 9.5V13",
  clock: "M8 4.5V8l2.5 1.5M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
  search: "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM10 10l3.3 3.3",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  help: "M6 6.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.6-.8 1.4M8 12h.01",
  key: "M10.4 8.8a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM8.1 7.9 2.8 13.2M4.6 11.4l1.8 1.8",
  run: "M5 3.2v9.6L12.5 8z",
};

/** A decorative icon by its name. */
export function icon(name) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }),
  );
}

/** Says a sentence to screen readers. */
export function announce(text) {
  const region = document.getElementById("live");
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

/** Shows a sentence for a moment, and says it. */
export function toast(text) {
  const region = document.getElementById("toast");
  region.textContent = text;
  region.hidden = false;
  announce(text);
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => {
    region.hidden = true;
  }, 2500);
}

/** A modal dialog; removed when it closes. Escape closes it. */
export function dialog(title, ...children) {
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  const before = document.activeElement;
  const element = h(
    "dialog",
    { "aria-labelledby": id },
    h(
      "header",
      null,
      h("h2", { id }, title),
      h("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: () => element.close() }, "×"),
    ),
    h("div", { class: "dialog-body" }, children),
  );
  element.addEventListener("click", (event) => {
    if (event.target === element) {
      element.close();
    }
  });
  element.addEventListener("close", () => {
    element.remove();
    before?.focus?.();
  });
  document.body.append(element);
  element.showModal();
  return element;
}

/** Puts text on the clipboard. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the permission, or on a page that isn't secure, the old way still works.
    const area = h("textarea", { class: "sr", value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(`${what} copied.`);
}

const whole = new Intl.NumberFormat("en-US");

/** A count with its thousands apart. */
export function count(value) {
  return whole.format(value ?? 0);
}

/** A count and what is counted. */
export function many(value, one, more = `${one}s`) {
  return `${count(value)} ${Number(value) === 1 ? one : more}`;
}

export function bytes(value) {
  const size = Number(value ?? 0);
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const unit = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  return `${unit === 0 ? size : (size / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}

export function millis(nanos) {
  const value = Number(nanos ?? 0) / 1e6;
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

/** A time for people, in their zone, with the exact one as its title. */
export function time(inst) {
  const date = inst.date;
  if (Number.isNaN(date.getTime())) {
    return h("span", null, inst.text);
  }
  const pad = (number) => String(number).padStart(2, "0");
  const text = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return h("time", { datetime: date.toISOString(), title: inst.text }, text);
}
