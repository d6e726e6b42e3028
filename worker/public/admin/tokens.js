// Tokens: what they may and have spent, new ones, changes, and revoking.
import { call } from "./calls.js";
import {
  busily,
  button,
  byId,
  dollars,
  el,
  moment,
  openDialog,
  secret,
  table,
} from "./parts.js";

/** `actions`: `changed` after something changed, `showJobs` for a token's jobs. */
export function showTokens(tokens, actions) {
  const columns = [
    { label: "Name", cell: nameOf },
    { label: "Today", cell: (token) => spentOf(todayOf(token), token.dailyBudgetUsd), isNumber: true },
    { label: "This month", cell: (token) => spentOf(token.month, token.monthlyBudgetUsd), isNumber: true },
    { label: "At once", cell: ({ maxConcurrentJobs }) => String(maxConcurrentJobs ?? "any"), isNumber: true },
    { label: "Models", cell: ({ models }) => models?.join(", ") ?? "all" },
    { label: "Webhook", cell: ({ webhook }) => webhook?.url ?? [] },
    { label: "Actions", cell: (token) => el("div", { class: "actions" }, ...actionsOf(token, actions)) },
  ];
  byId("tokens-list").replaceChildren(table("Tokens", columns, tokens, "No token yet."));
}

/** Asks for a new token; it is shown once. */
export function askForToken(changed) {
  askForLimits("New token", {}, "Make it", changed, (limits) => {
    const wanted = Object.entries(limits).filter(([, value]) => value !== null);
    return call("POST", "/keys", Object.fromEntries(wanted));
  });
}

function actionsOf(token, { changed, showJobs }) {
  const named = (label) => ({ "aria-label": `${label} of ${token.name}` });
  const jobs = button("Jobs", () => showJobs(token), named("Jobs"));
  if (token.revokedAt) return [jobs];
  const change = button("Change", async () => askToChange(token, changed), named("Change limits"));
  const revoke = button("Revoke", async () => askToRevoke(token, changed), {
    "aria-label": `Revoke ${token.name}`,
  });
  return [jobs, change, revoke];
}

const nameOf = ({ id, name, revokedAt }) => [
  el("strong", {}, name),
  el("br"),
  el("code", {}, id),
  ...(revokedAt ? [el("br"), el("span", { class: "error" }, "revoked ", moment(revokedAt))] : []),
];

const todayOf = ({ days }) => {
  const today = new Date().toISOString().slice(0, 10);
  return days.find(({ day }) => day === today) ?? { spentUsd: 0, reservedUsd: 0 };
};

function spentOf(sums, limit) {
  const { spentUsd, reservedUsd } = sums ?? { spentUsd: 0, reservedUsd: 0 };
  const most = limit === undefined ? "" : ` of ${dollars(limit)}`;
  const reserved = el("span", { class: "hint" }, `${dollars(reservedUsd)} reserved`);
  return [`${dollars(spentUsd)}${most}`, ...(reservedUsd > 0 ? [el("br"), reserved] : [])];
}

function askToChange(token, changed) {
  askForLimits(`Change ${token.name}`, token, "Change it", changed, (limits) => {
    const { webhook, ...others } = limits;
    // A webhook that is sent gets a new secret, so only a new address is.
    const isNew = (webhook?.url ?? "") !== (token.webhook?.url ?? "");
    return call("PATCH", `/keys/${token.id}`, { ...others, ...(isNew && { webhook }) });
  });
}

function askToRevoke(token, changed) {
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const revoke = el("button", { type: "button", class: "danger" }, "Revoke");
  const run = async () => {
    await call("DELETE", `/keys/${token.id}`);
    dialog.close();
    void busily(byId("refresh"), changed);
  };
  revoke.addEventListener("click", () => busily(revoke, run, failure));
  const dialog = openDialog(
    `Revoke ${token.name}?`,
    el("p", {}, "It orders nothing more, and cannot be brought back. Its running jobs end as they would."),
    failure,
    el("div", { class: "actions" }, revoke, button("Cancel", async () => dialog.close())),
  );
}

function showOnce({ token, webhookSecret }) {
  if (!token && !webhookSecret) return;
  const dialog = openDialog(
    "Copy this now",
    el("p", {}, "It is shown this once, and kept nowhere as it is."),
    ...(token ? [secret("token", token)] : []),
    ...(webhookSecret ? [secret("webhook's secret", webhookSecret)] : []),
    el("div", { class: "actions" }, button("I have it", async () => dialog.close())),
  );
}

const FIELDS = [
  { name: "name", label: "Name", required: true, maxlength: 100 },
  { name: "dailyBudgetUsd", label: "US dollars a day", inputmode: "decimal" },
  { name: "monthlyBudgetUsd", label: "US dollars a month", inputmode: "decimal" },
  { name: "maxConcurrentJobs", label: "Jobs at once", inputmode: "numeric" },
  { name: "models", label: "Models, divided by commas" },
  { name: "webhook", label: "Webhook's address", type: "url" },
];

/** A form of a token's limits, filled with what there is; an empty field does not limit. */
function askForLimits(title, token, label, changed, send) {
  const known = { ...token, models: token.models?.join(", "), webhook: token.webhook?.url };
  const inputs = FIELDS.map(({ label: _label, ...field }) =>
    el("input", { id: `limit-${field.name}`, autocomplete: "off", value: known[field.name], ...field }),
  );
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const submit = el("button", { class: "primary" }, label);
  const run = async () => {
    const given = inputs.map(({ name, value }) => [name, value.trim()]);
    const answer = await send(limitsOf(Object.fromEntries(given)));
    dialog.close();
    showOnce(answer);
    void busily(byId("refresh"), changed);
  };
  const form = el(
    "form",
    {
      class: "fields",
      onsubmit: (event) => {
        event.preventDefault();
        void busily(submit, run, failure);
      },
    },
    ...FIELDS.flatMap(({ name, label: text }, at) => [
      el("label", { for: `limit-${name}` }, text),
      inputs[at],
    ]),
    el("p", { class: "hint" }, "What is left empty does not limit."),
    failure,
    el("div", { class: "actions" }, submit, button("Cancel", async () => dialog.close())),
  );
  const dialog = openDialog(title, form);
}

const limitsOf = ({ name, dailyBudgetUsd, monthlyBudgetUsd, maxConcurrentJobs, models, webhook }) => ({
  name,
  dailyBudgetUsd: dailyBudgetUsd || null,
  monthlyBudgetUsd: monthlyBudgetUsd || null,
  maxConcurrentJobs: maxConcurrentJobs ? Number(maxConcurrentJobs) : null,
  models: models ? models.split(/[\s,]+/).filter(Boolean) : null,
  webhook: webhook ? { url: webhook } : null,
});
