// Calls to the node: POST /api/<operation>, EDN both ways, signed when somebody has signed in.
// An anomaly is thrown as a Refusal.

import { EdnMap, kw, read, string } from "./edn.js";
import { Signer } from "./sign.js";

const CATEGORY = "cognitect.anomalies/category";
const MESSAGE = "cognitect.anomalies/message";

export class Refusal extends Error {
  constructor(category, message, error = "", anomaly = new EdnMap([])) {
    super(message);
    this.category = category;
    this.error = error;
    this.anomaly = anomaly;
  }
}

let signer = Signer.kept();
let askForKey = null; // shows the sign-in dialog; resolves once somebody has signed in
let asking = null; // the dialog that is open, for all calls that wait for it

export function onUnauthenticated(ask) {
  askForKey = ask;
}

export function signedInAs() {
  return signer?.keyId ?? "";
}

/** Uses a key from now on; `keep` until the tab is closed. */
export async function signIn(keyId, secret, keep) {
  signer = await Signer.of(keyId, secret);
  signer.keep(keep);
}

export function signOut() {
  Signer.forget();
  signer = null;
}

async function send(operation, body, signal) {
  const path = `/api/${operation}`;
  const bytes = new TextEncoder().encode(body);
  const headers = { "content-type": "application/edn", accept: "application/edn" };
  if (signer) {
    headers.authorization = await signer.header("POST", path, bytes);
  }
  let response;
  let text;
  try {
    response = await fetch(path, { method: "POST", headers, body: bytes, signal, credentials: "omit" });
    text = await response.text();
  } catch (failure) {
    if (signal?.aborted) {
      throw new Refusal("interrupted", "You cancelled it.");
    }
    throw new Refusal(
      "unavailable",
      `The node doesn't answer. It may have been stopped or is being restarted: see valence status. (${failure.message})`,
    );
  }
  let answer;
  try {
    answer = read(text);
  } catch {
    throw new Refusal("fault", `The node answered with status ${response.status}, and something that isn't EDN.`);
  }
  if (answer instanceof EdnMap && answer.get(kw(CATEGORY))) {
    throw new Refusal(
      answer.get(kw(CATEGORY)).local,
      answer.get(kw(MESSAGE)) ?? "The node gave no reason.",
      answer.at("db/error")?.name ?? "",
      answer,
    );
  }
  return answer.at("ok");
}

/** Asks the node. `body` is the text of an EDN map. */
export async function call(operation, body = "{}", signal) {
  for (let tries = 0; ; tries++) {
    try {
      return await send(operation, body, signal);
    } catch (refusal) {
      if (refusal.error !== "access.error/unauthenticated" || tries >= 3) {
        throw refusal;
      }
      const nodeTime = refusal.anomaly.at("access/node-time");
      if (signer && nodeTime !== undefined && tries === 0) {
        signer.takeTime(nodeTime);
        continue;
      }
      asking ??= askForKey(signer ? refusal.message : "").finally(() => {
        asking = null;
      });
      await asking;
    }
  }
}

/** The text of a database value. */
export function dbText(view, t) {
  const basis = t === undefined ? "" : ` :t ${t}`;
  const asOf = view.asOf ? ` :as-of ${timePoint(view.asOf)}` : "";
  const history = view.history ? " :history true" : "";
  return `#valence/db {:db-name ${string(view.db)}${basis}${asOf}${history}}`;
}

/** A t as it is, anything else as an instant. */
function timePoint(text) {
  return /^[0-9]+$/.test(text) ? text : `#inst ${string(text)}`;
}

/** Runs a query: its text, further inputs as texts. */
export function q(view, query, inputs = [], signal) {
  return call("q", `{:query ${query}\n :args [${[dbText(view), ...inputs].join("\n")}]}`, signal);
}
