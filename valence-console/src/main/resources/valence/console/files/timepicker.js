// Time travel: choosing the moment that every page shows.

import { q } from "./api.js";
import { dialog, h, icon, time } from "./dom.js";
import { newestT, txOf } from "./schema.js";

/** The button that says which moment is shown. */
export function timeButton(view, onclick) {
  const past = view.asOf !== "";
  const text = past ? (/^\d+$/.test(view.asOf) ? `as of t ${view.asOf}` : `as of ${view.asOf}`) : "now";
  return h(
    "button",
    { type: "button", class: `moment-button${past || view.history ? " past" : ""}`, onclick, title: "Time travel (t)", "aria-haspopup": "dialog" },
    icon("clock"),
    h("span", { class: "sr" }, "Time: "),
    text + (view.history ? ", with history" : ""),
  );
}

/** Asks for a moment; `go` is called with {asOf, history}. */
export async function chooseTime(view, go) {
  const newest = Number(await newestT(view.db));
  const chosen = /^\d+$/.test(view.asOf) ? Number(view.asOf) : newest;
  const slider = h("input", { type: "range", id: "moment-slider", min: 0, max: newest, step: 1 });
  const number = h("input", { type: "number", id: "moment-t", min: 0, max: newest, step: 1, required: true });
  const date = h("input", { type: "datetime-local", id: "moment-date", step: 1 });
  const history = h("input", { type: "checkbox", id: "moment-history", checked: view.history });
  const said = h("output", { for: "moment-slider moment-t", class: "moment-said" });
  slider.value = number.value = String(chosen);
  let asked = 0;
  const tell = async () => {
    const mine = ++asked;
    const t = Number(number.value);
    said.replaceChildren(t >= newest ? "the newest transaction" : `t ${t}`);
    if (t < 1) {
      said.replaceChildren("before the first transaction");
      return;
    }
    const at = await q({ db: view.db, asOf: "", history: false }, "[:find ?at . :in $ ?tx :where [?tx :db/txInstant ?at]]", [String(txOf(t))]).catch(() => null);
    if (mine === asked && at) {
      said.replaceChildren(time(at), t >= newest ? ", the newest" : "");
    }
  };
  slider.oninput = () => {
    number.value = slider.value;
    date.value = "";
    tell();
  };
  number.oninput = () => {
    slider.value = number.value;
    date.value = "";
    tell();
  };
  const shown = dialog(
    "Time travel",
    h("p", null, "Every page and every query shows the database as it was at the moment chosen here."),
    h(
      "form",
      {
        class: "moment-form",
        onsubmit: (event) => {
          event.preventDefault();
          shown.close();
          const asOf = date.value ? new Date(date.value).toISOString() : Number(number.value) >= newest ? "" : number.value;
          go({ asOf, history: history.checked });
        },
      },
      h("label", { for: "moment-slider" }, "Transaction"),
      h("div", { class: "slide" }, slider, number),
      h("label", { for: "moment-t", class: "sr" }, "t"),
      said,
      h("label", { for: "moment-date" }, "Or a time"),
      date,
      h("div", { class: "check" }, history, h("label", { for: "moment-history" }, "Queries see the history: what was retracted, too")),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => {
          shown.close();
          go({ asOf: "", history: false });
        } }, "Back to now"),
        h("button", { type: "submit", class: "primary" }, "Show it"),
      ),
    ),
  );
  slider.focus();
  tell();
}
