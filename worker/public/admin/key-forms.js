// Forms of accounts and API keys. Limits are sent as typed: the API refuses what is none, and an empty field is no limit.
import { fetchAll, request } from "./api.js";
import { field, openForm, openNotice, selectInput, showSecrets, textInput, usdInput } from "./dialogs.js";
import { el } from "./parts.js";
import { modelChecklist } from "./models.js";

const DAY_MS = 24 * 60 * 60_000;
const SCOPES = [
  ["create", "create, cancel and delete videos"],
  ["read", "read and download videos"],
  ["mint", "make short-lived keys, and nothing else"],
  ["admin", "this page and its API: everything"],
];

const changed = () => dispatchEvent(new Event("changed"));

export async function createAccount() {
  const form = await accountFields({});
  openForm("New account", {
    fields: form.fields,
    label: "Create account",
    hint: "An empty field does not limit.",
    send: async () => {
      const account = await request("POST", "/accounts", withoutNull(form.read()));
      return () => finish(`Account ${account.name}`, account);
    },
  });
}

export async function changeAccount(account) {
  const form = await accountFields(account);
  const changes = changesIn(form);
  openForm(`Change ${account.name}`, {
    fields: form.fields,
    label: "Save",
    hint: "An empty field does not limit.",
    send: async () => {
      const saved = await request("PATCH", `/accounts/${account.id}`, changes());
      return () => finish(`Webhook of ${account.name}`, saved);
    },
  });
}

export function closeAccount({ id, name }) {
  openForm(`Close ${name}?`, {
    fields: [el("p", {}, "All of its keys are revoked, and it cannot be opened again. Running jobs continue; its videos stay.")],
    label: "Close the account",
    isDangerous: true,
    send: async () => {
      await request("POST", `/accounts/${id}/close`, {});
      return changed;
    },
  });
}

/** `account`: whose key it is; without it the admin chooses. */
export async function createKey(account) {
  const accounts = account ? [account] : (await fetchAll("/accounts")).filter(({ closedAt }) => !closedAt);
  const choice = selectInput("account", [
    ...(account ? [] : [["", "a new account of the same name"]]),
    ...accounts.map(({ id, name }) => [id, name]),
  ]);
  const form = await keyFields({});
  openForm(account ? `New key for ${account.name}` : "New API key", {
    fields: [form.name, ...(account ? [] : [field("Account", choice)]), ...form.others],
    label: "Create key",
    send: async () => {
      const path = choice.value ? `/accounts/${choice.value}/keys` : "/keys";
      const created = await request("POST", path, withoutNull(form.read()));
      return () => finish(`API key ${created.name}`, created);
    },
  });
}

export async function changeKey(key) {
  const form = await keyFields(key);
  const changes = changesIn(form);
  openForm(`Change ${key.name}`, {
    fields: [form.name, ...form.others],
    label: "Save",
    send: async () => {
      await request("PATCH", `/keys/${key.id}`, changes());
      return changed;
    },
  });
}

export function rotateKey({ id, name, scopes }) {
  const overlap = selectInput(
    "overlapHours",
    [["0", "at once"], ["1", "in an hour"], ["24", "in a day"], ["48", "in two days"], ["168", "in a week"]],
    "24",
  );
  openForm(`Rotate ${name}`, {
    fields: [
      el("p", {}, "A new key with the same limits is made. Put it in place before the old one stops."),
      scopes.includes("mint") && el("p", {}, "The keys that the old one has minted stop with it."),
      field("The old key stops", overlap),
    ],
    label: "Make the new key",
    send: async () => {
      const created = await request("POST", `/keys/${id}/rotate`, { overlapHours: Number(overlap.value) });
      return () => finish(`New API key ${created.name}`, created);
    },
  });
}

export function rotateSecrets() {
  const overlap = selectInput(
    "overlapHours",
    [["0", "at once"], ["1", "in an hour"], ["24", "in a day"], ["48", "in two days"]],
    "48",
  );
  openForm("Rotate the signing secrets", {
    fields: [
      el("p", {}, "New URLs and webhooks are signed with new secrets within two minutes."),
      field(
        "The old secrets stop",
        overlap,
        "At once: open URLs stop within a minute, and running jobs end by polling. In two days: nothing is interrupted.",
      ),
    ],
    label: "Rotate the secrets",
    isDangerous: true,
    send: async () => {
      await request("POST", "/secrets/rotate", { overlapHours: Number(overlap.value) });
      return () => openNotice("Secrets rotated", "New URLs are signed with the new secrets.");
    },
  });
}

export function revokeKey({ id, name }) {
  openForm(`Revoke ${name}?`, {
    fields: [el("p", {}, "Requests with it are refused, and it cannot be restored. Running jobs continue; its videos stay with the account.")],
    label: "Revoke the key",
    isDangerous: true,
    send: async () => {
      await request("DELETE", `/keys/${id}`);
      return changed;
    },
  });
}

/**
 * Reads what differs from the form as it was opened: the rest may have been changed by another operator since. A webhook
 * that is sent gets a new secret.
 */
function changesIn({ read }) {
  const opened = read();
  return () => Object.fromEntries(Object.entries(read()).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(opened[name])));
}

/** Shows what is shown once, if there is any. */
function finish(title, { key, webhookSecret, webhook }) {
  changed();
  const secret = webhookSecret ?? webhook?.secret;
  const secrets = [
    ...(key ? [{ label: "API key", text: key }] : []),
    ...(secret ? [{ label: "webhook secret", text: secret }] : []),
  ];
  if (secrets.length > 0) showSecrets(title, secrets);
}

async function accountFields(account) {
  const name = textInput("name", { required: true, maxlength: 100, value: account.name });
  const daily = usdInput("dailyBudgetUsd", account.dailyBudgetUsd);
  const monthly = usdInput("monthlyBudgetUsd", account.monthlyBudgetUsd);
  const jobs = textInput("maxConcurrentJobs", { inputmode: "numeric", value: account.maxConcurrentJobs, placeholder: "no limit" });
  const days = daysInput(account);
  const webhook = textInput("webhook", { type: "url", value: account.webhook?.url, placeholder: "https://" });
  const models = await modelChecklist(account.models, "All models of the catalog");
  return {
    fields: [
      field("Name", name),
      el("div", { class: "pair" }, field("Budget per day", daily), field("Budget per month", monthly)),
      el("div", { class: "pair" }, field("Jobs at once", jobs), field("Days that videos are kept", days)),
      models.node,
      field("Webhook URL", webhook, "A new URL gets a new secret, which is shown once."),
    ],
    read: () => ({
      name: name.value.trim(),
      dailyBudgetUsd: daily.value.trim() || null,
      monthlyBudgetUsd: monthly.value.trim() || null,
      maxConcurrentJobs: numberOf(jobs),
      retentionDays: numberOf(days),
      models: models.read(),
      webhook: webhook.value.trim() ? { url: webhook.value.trim() } : null,
    }),
  };
}

async function keyFields(key) {
  const isNew = key.id === undefined;
  const name = textInput("name", { required: true, maxlength: 100, value: key.name });
  const spend = usdInput("maxSpendUsd", key.maxSpendUsd);
  const days = daysInput(key);
  const user = textInput("user", { maxlength: 64, value: key.user, placeholder: "all videos of the account" });
  const expiry = expirySelect(key.expiresAt);
  const scopes = scopeChecklist(key.scopes ?? ["create", "read"]);
  const models = await modelChecklist(key.models, "All that the account may use");
  return {
    name: field("Name", name),
    others: [
      scopes.node,
      el("div", { class: "pair" }, field("Expires", expiry), field("Spends at most, in all", spend)),
      field("Days that videos are kept", days, "If the account keeps them for less, that decides."),
      models.node,
      ...(isNew ? [field("User", user, "With a user, the key sees only videos of the same user.")] : []),
    ],
    read: () => ({
      name: name.value.trim(),
      scopes: scopes.read(),
      ...(expiry.value !== "keep" && { expiresAt: expiry.value ? Date.now() + Number(expiry.value) * DAY_MS : null }),
      maxSpendUsd: spend.value.trim() || null,
      models: models.read(),
      ...(!key.mintedBy && { retentionDays: numberOf(days) }),
      ...(isNew && { user: user.value.trim() || null }),
    }),
  };
}

const daysInput = ({ retentionDays, mintedBy }) =>
  textInput("retentionDays", { inputmode: "numeric", value: retentionDays, placeholder: "until deleted", disabled: Boolean(mintedBy) });

function expirySelect(expiresAt) {
  const kept = expiresAt ? [["keep", `on ${new Date(expiresAt).toLocaleDateString()}, as now`]] : [];
  const days = [["1", "in a day"], ["7", "in a week"], ["30", "in 30 days"], ["90", "in 90 days"], ["365", "in a year"]];
  return selectInput("expiresAt", [...kept, ["", "never"], ...days], expiresAt ? "keep" : "");
}

function scopeChecklist(chosen) {
  const boxes = SCOPES.map(([scope]) => el("input", { type: "checkbox", value: scope, checked: chosen.includes(scope) }));
  const rows = SCOPES.map(([scope, words], at) =>
    el("label", { class: "check" }, boxes[at], el("span", {}, el("strong", {}, scope), " ", el("span", { class: "hint" }, words))),
  );
  // A key that makes keys does nothing else.
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (!box.checked) return;
      for (const other of boxes) if ((other.value === "mint") !== (box.value === "mint")) other.checked = false;
    });
  }
  return {
    node: el("fieldset", {}, el("legend", {}, "Scopes"), ...rows),
    read: () => boxes.filter(({ checked }) => checked).map(({ value }) => value),
  };
}

/** Digits become a number; anything else is sent as typed. */
const numberOf = ({ value }) => (/^\d+$/.test(value.trim()) ? Number(value) : value.trim() || null);

const withoutNull = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
