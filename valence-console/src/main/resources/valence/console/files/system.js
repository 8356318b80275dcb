// The page of the system: what runs where, since when, and what ran before.

import { call, q, signedInAs } from "./api.js";
import { bytes, h, icon, many, time } from "./dom.js";
import { string } from "./edn.js";
import { link } from "./router.js";
import { empty, problem } from "./values.js";

const CONTROL = { db: "valence-control", asOf: "", history: false };
const DEPLOYMENTS =
  "[:find (pull ?d [:deployment/id :deployment/status :deployment/phase :deployment/cause" +
  " {:deployment/group [:group/name]}" +
  " {:deployment/revision [:revision/name {:revision/application [:application/name]}]}]) ?at" +
  " :where [?d :deployment/id _ ?tx] [?tx :db/txInstant ?at]]";

export async function page(place, shell) {
  const status = await call("status", "{}", shell.signal);
  const application = status.at("application");
  const ports = status.at("ports");
  const fact = (term, value) => (value === undefined || value === null || value === "" ? null : h("div", null, h("dt", null, term), h("dd", null, value)));
  const since = status.at("since");
  const revisions = h("section", { "aria-labelledby": "revisions" });
  const deployments = h("section", { "aria-labelledby": "deployments" });
  fill(revisions, shell, () => pushed(application, shell));
  fill(deployments, shell, () => deployed(shell));
  return [
    h("h1", { tabindex: "-1" }, `System ${status.at("system")}`),
    h(
      "dl",
      { class: "sheet" },
      fact("Group", status.at("group")),
      fact("Application", application ?? "none deployed"),
      fact("Revision", status.at("revision") ? h("code", null, status.at("revision")) : ""),
      fact("Serving since", since ? time(since) : ""),
      fact("Databases", many(status.at("databases").length, "database")),
      fact("Port of the api", String(ports.at("api"))),
      fact("Port of the application", String(ports.at("http"))),
      fact("Signed in as", signedInAs() ? h("code", null, signedInAs()) : "nobody; the system is open to this machine"),
    ),
    deployments,
    revisions,
  ];
}

async function fill(section, shell, make) {
  try {
    section.replaceChildren(...(await make()));
  } catch (refusal) {
    if (!shell.signal.aborted) {
      section.replaceChildren(problem(refusal));
    }
  }
}

async function pushed(application, shell) {
  const heading = h("h2", { id: "revisions" }, "Revisions");
  if (!application) {
    return [];
  }
  const all = await call("revisions", `{:app-name ${string(application)}}`, shell.signal);
  return [
    heading,
    h(
      "div",
      { class: "scroll free", tabindex: "0", role: "region", "aria-label": "Revisions" },
      h(
        "table",
        { class: "plain" },
        h("caption", { class: "sr" }, `Revisions of ${application}, newest first`),
        h("thead", null, h("tr", null, ["Revision", "Pushed", "By", "Artifacts"].map((name) => h("th", { scope: "col" }, name)))),
        h(
          "tbody",
          null,
          all.map((each) => {
            const artifacts = each.at("artifacts") ?? [];
            const size = artifacts.reduce((sum, artifact) => sum + Number(artifact.at("size") ?? 0), 0);
            return h(
              "tr",
              null,
              h("th", { scope: "row" }, h("code", null, each.at("rev"))),
              h("td", null, time(each.at("pushed-at"))),
              h("td", null, each.at("pushed-by")),
              h("td", null, `${many(artifacts.length, "artifact")}, ${bytes(size)}`),
            );
          }),
        ),
      ),
    ),
  ];
}

async function deployed(shell) {
  const heading = h("h2", { id: "deployments" }, "Deployments");
  let rows;
  try {
    rows = await q(CONTROL, DEPLOYMENTS, [], shell.signal);
  } catch (refusal) {
    return refusal.category === "forbidden"
      ? [heading, h("p", { class: "hint" }, "They are facts of valence-control, which your key may not read.")]
      : Promise.reject(refusal);
  }
  if (rows.length === 0) {
    return [
      heading,
      empty("system", "Nothing was deployed yet", h("p", null, "An application's functions run next to the data:"), h("pre", null, "valence push path/to/application\nvalence deploy NAME --wait")),
    ];
  }
  const sorted = rows.sort(([, a], [, b]) => (a.text < b.text ? 1 : -1));
  return [
    heading,
    h(
      "div",
      { class: "scroll free", tabindex: "0", role: "region", "aria-label": "Deployments" },
      h(
        "table",
        { class: "plain" },
        h("caption", { class: "sr" }, "Deployments, newest first"),
        h("thead", null, h("tr", null, ["When", "Application", "Revision", "Group", "Status"].map((name) => h("th", { scope: "col" }, name)))),
        h(
          "tbody",
          null,
          sorted.map(([each, at]) => {
            const revision = each.at("deployment/revision");
            const state = each.at("deployment/status")?.local ?? "";
            const phase = each.at("deployment/phase")?.local ?? "";
            return h(
              "tr",
              null,
              h("th", { scope: "row" }, time(at)),
              h("td", null, revision?.at("revision/application")?.at("application/name") ?? ""),
              h("td", null, h("code", null, revision?.at("revision/name") ?? "")),
              h("td", null, each.at("deployment/group")?.at("group/name") ?? ""),
              h("td", null, h("span", { class: `chip state-${state}` }, state === "running" ? `running, ${phase}` : state), each.at("deployment/cause") ? h("p", { class: "warning" }, each.at("deployment/cause")) : null),
            );
          }),
        ),
      ),
    ),
    h("p", null, h("a", { href: link(CONTROL, "log") }, icon("log"), " The system's own log")),
  ];
}
