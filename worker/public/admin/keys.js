// API keys: limits and spending; create, change and revoke.
import { request } from "./api.js";
import {
  button,
  byId,
  dollars,
  el,
  moment,
  openDialog,
  secret,
  table,
  withBusy,
} from "./parts.js";

/** `actions`: `onChange` after a change, `onShowJobs` for the jobs of a key. */
export function showKeys(keys, actions) {
  const columns = [
    { label: "Name", cell: nameOf },
    { label: "Today", cell: (key) => spentOf(todayOf(key), key.dailyBudgetUsd), isNumber: true },
    { label: "This month", cell: (key) => spentOf(key.month, key.monthlyBudgetUsd), isNumber: true },
    { label: "Concurrent jobs", cell: ({ maxConcurrentJobs }) => String(maxConcurrentJobs ?? "unlimited"), isNumber: true },
    { label: "Models", cell: ({ models }) => models?.join(", ") ?? "all" },
    { label: "Webhook", cell: ({ webhook }) => webhook?.url ?? [] },
    { label: "Actions", cell: (key) => el("div", { class: "actions" }, ...actionsOf(key, actions)) },
  ];
  byId("keys-list").replaceChildren(table("API keys", columns, keys, "No API keys yet."));
}

/** Creates an API key; it is shown once. */
export function createKey(onChange) {
  openLimitsDialog("New API key", {}, "Create", onChange, (limits) => {
    const set = Object.entries(limits).filter(([, value]) => value !== null);
    return request("POST", "/keys", Object.fromEntries(set));
  });
}

function actionsOf(key, { onChange, onShowJobs }) {
  const named = (label) => ({ "aria-label": `${label} of ${key.name}` });
  const jobs = button("Jobs", () => onShowJobs(key), named("Jobs"));
  if (key.revokedAt) return [jobs];
  const change = button("Change", async () => openChangeDialog(key, onChange), named("Change limits"));
  const revoke = button("Revoke", async () => openRevokeDialog(key, onChange), {
    "aria-label": `Revoke ${key.name}`,
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
  const max = limit === undefined ? "" : ` of ${dollars(limit)}`;
  const reserved = el("span", { class: "hint" }, `${dollars(reservedUsd)} reserved`);
  return [`${dollars(spentUsd)}${max}`, ...(reservedUsd > 0 ? [el("br"), reserved] : [])];
}

function openChangeDialog(key, onChange) {
  openLimitsDialog(`Change ${key.name}`, key, "Save", onChange, (limits) => {
    const { webhook, ...others } = limits;
    // Every webhook that is sent gets a new secret, so only a new URL is sent.
    const isNew = (webhook?.url ?? "") !== (key.webhook?.url ?? "");
    return request("PATCH", `/keys/${key.id}`, { ...others, ...(isNew && { webhook }) });
  });
}

function openRevokeDialog(key, onChange) {
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const revoke = el("button", { type: "button", class: "danger" }, "Revoke");
  const run = async () => {
    await request("DELETE", `/keys/${key.id}`);
    dialog.close();
    void withBusy(byId("refresh"), onChange);
  };
  revoke.addEventListener("click", () => withBusy(revoke, run, failure));
  const dialog = openDialog(
    `Revoke ${key.name}?`,
    el("p", {}, "It cannot create jobs any more, and cannot be restored. Running jobs continue."),
    failure,
    el("div", { class: "actions" }, revoke, button("Cancel", async () => dialog.close())),
  );
}

function showSecrets({ key, webhookSecret }) {
  if (!key && !webhookSecret) return;
  const dialog = openDialog(
    "Copy this now",
    el("p", {}, "It is shown only once, and not stored."),
    ...(key ? [secret("API key", key)] : []),
    ...(webhookSecret ? [secret("webhook secret", webhookSecret)] : []),
    el("div", { class: "actions" }, button("Done", async () => dialog.close())),
  );
}

const FIELDS = [
  { name: "name", label: "Name", required: true, maxlength: 100 },
  { name: "dailyBudgetUsd", label: "Daily budget in US dollars", inputmode: "decimal" },
  { name: "monthlyBudgetUsd", label: "Monthly budget in US dollars", inputmode: "decimal" },
  { name: "maxConcurrentJobs", label: "Concurrent jobs", inputmode: "numeric" },
  { name: "models", label: "Models, separated by commas" },
  { name: "webhook", label: "Webhook URL", type: "url" },
];

/** A form of a key's limits with the current values; an empty field does not limit. */
function openLimitsDialog(title, key, label, onChange, send) {
  const current = { ...key, models: key.models?.join(", "), webhook: key.webhook?.url };
  const inputs = FIELDS.map(({ label: _label, ...field }) =>
    el("input", { id: `limit-${field.name}`, autocomplete: "off", value: current[field.name], ...field }),
  );
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const submit = el("button", { class: "primary" }, label);
  const run = async () => {
    const given = inputs.map(({ name, value }) => [name, value.trim()]);
    const response = await send(limitsOf(Object.fromEntries(given)));
    dialog.close();
    showSecrets(response);
    void withBusy(byId("refresh"), onChange);
  };
  const form = el(
    "form",
    {
      class: "fields",
      onsubmit: (event) => {
        event.preventDefault();
        void withBusy(submit, run, failure);
      },
    },
    ...FIELDS.flatMap(({ name, label: text }, at) => [
      el("label", { for: `limit-${name}` }, text),
      inputs[at],
    ]),
    el("p", { class: "hint" }, "An empty field does not limit."),
    failure,
    el("div", { class: "actions" }, submit, button("Cancel", async () => dialog.close())),
  );
  const dialog = openDialog(title, form);
}

// Sent as typed: what is not a limit is refused by the API, and never becomes none.
const limitsOf = ({ name, dailyBudgetUsd, monthlyBudgetUsd, maxConcurrentJobs, models, webhook }) => ({
  name,
  dailyBudgetUsd: dailyBudgetUsd || null,
  monthlyBudgetUsd: monthlyBudgetUsd || null,
  maxConcurrentJobs: maxConcurrentJobs || null,
  models: models ? models.split(/[\s,]+/).filter(Boolean) : null,
  webhook: webhook ? { url: webhook } : null,
});
