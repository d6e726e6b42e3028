// The admin page: signs in, and shows usage, keys and jobs.
import { clearToken, fetchUsage, isSignedIn, saveToken } from "./api.js";
import { showAttention, showJobs } from "./jobs.js";
import { createKey, showKeys } from "./keys.js";
import { byId, showMessage, withBusy } from "./parts.js";
import { showSpending } from "./spending.js";

const SIGNED_IN = ["session", "attention", "keys", "spending"];
const SIGNED_OUT = ["sign-in"];

/** The API key whose jobs are shown. */
let selectedKey;

async function refresh() {
  const { keys, open } = await fetchUsage();
  showAttention(open, refresh);
  showKeys(keys, { onChange: refresh, onShowJobs: select });
  showSpending(keys);
  if (selectedKey) await showJobs(selectedKey, refresh);
  byId("updated-at").textContent = `Updated at ${new Date().toLocaleTimeString()}`;
  showOnly(SIGNED_IN);
}

async function select(key) {
  await showJobs(key, refresh);
  selectedKey = key;
}

function deselect() {
  selectedKey = undefined;
  byId("jobs").hidden = true;
  byId("jobs-list").replaceChildren();
}

function signOut() {
  clearToken();
  deselect();
  for (const id of ["attention-list", "keys-list", "spending-list"]) byId(id).replaceChildren();
  byId("updated-at").textContent = "";
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  showOnly(SIGNED_OUT);
  byId("admin-token").focus();
}

function showOnly(ids) {
  for (const id of [...SIGNED_IN, ...SIGNED_OUT]) byId(id).hidden = !ids.includes(id);
}

byId("sign-in-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId("admin-token");
  saveToken(input.value.trim());
  input.value = "";
  void withBusy(event.submitter, refresh);
});
byId("refresh").addEventListener("click", ({ target }) => withBusy(target, refresh));
byId("new-key").addEventListener("click", () => createKey(refresh));
byId("close-jobs").addEventListener("click", deselect);
byId("sign-out").addEventListener("click", () => {
  showMessage(byId("failure"), "");
  signOut();
});
addEventListener("signed-out", signOut);

if (isSignedIn()) void withBusy(byId("refresh"), refresh);
else signOut();
