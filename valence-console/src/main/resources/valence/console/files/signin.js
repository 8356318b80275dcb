// Signing in with an access key.

import { signIn } from "./api.js";
import { announce, dialog, h } from "./dom.js";

/** Shows the dialog; resolves once a key was given. `why` says what was wrong with the one before. */
export function askForKey(why) {
  return new Promise((resolve, reject) => {
    const id = h("input", { id: "key-id", name: "username", required: true, autocomplete: "username", spellcheck: "false", placeholder: "VK…" });
    const secret = h("input", { id: "key-secret", name: "password", type: "password", required: true, autocomplete: "current-password" });
    const keep = h("input", { id: "key-keep", type: "checkbox" });
    const said = h("p", { class: "warning", role: "alert", hidden: !why }, why);
    let done = false;
    const shown = dialog(
      "Sign in",
      h("p", null, "This system answers signed requests alone. Your profile file has a key's id and its secret."),
      h(
        "form",
        {
          class: "key-form",
          onsubmit: async (event) => {
            event.preventDefault();
            try {
              await signIn(id.value.trim(), secret.value.trim(), keep.checked);
              done = true;
              secret.value = "";
              shown.close();
              announce("Signed in.");
              resolve();
            } catch (error) {
              said.textContent = error.message;
              said.hidden = false;
            }
          },
        },
        said,
        h("label", { for: "key-id" }, "Key"),
        id,
        h("label", { for: "key-secret" }, "Secret"),
        secret,
        h("div", { class: "check" }, keep, h("label", { for: "key-keep" }, "Keep it until this tab is closed")),
        h("p", { class: "hint" }, "The secret is used in this tab to sign requests. It isn't sent, and it never stands in an address."),
        h("div", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, "Sign in")),
      ),
    );
    id.focus();
    shown.addEventListener("close", () => done || reject(new SignInCancelled()));
  });
}

/** Somebody closed the dialog. */
export class SignInCancelled extends Error {
  category = "forbidden";
  error = "";

  constructor() {
    super("Nobody is signed in. This system answers signed requests alone.");
  }
}
