// The admin's page: signs in, and shows what the gateway reports.
import { dropToken, isSignedIn, keepToken, readReport } from "./calls.js";
import { showAttention, showJobs } from "./jobs.js";
import { busily, byId, tell } from "./parts.js";
import { showSpending } from "./spending.js";
import { askForToken, showTokens } from "./keys.js";

const SIGNED_IN = ["session", "attention", "tokens", "spending"];
const SIGNED_OUT = ["sign-in"];

/** The token whose jobs are shown. */
let watched;

async function refresh() {
  const { tokens, open } = await readReport();
  showAttention(open, refresh);
  showTokens(tokens, { changed: refresh, showJobs: watch });
  showSpending(tokens);
  if (watched) await showJobs(watched, refresh);
  byId("seen").textContent = `As of ${new Date().toLocaleTimeString()}`;
  showOnly(SIGNED_IN);
}

async function watch(token) {
  await showJobs(token, refresh);
  watched = token;
}

function unwatch() {
  watched = undefined;
  byId("jobs").hidden = true;
  byId("jobs-list").replaceChildren();
}

function signOut() {
  dropToken();
  unwatch();
  for (const id of ["attention-list", "tokens-list", "spending-list"]) byId(id).replaceChildren();
  byId("seen").textContent = "";
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
  keepToken(input.value.trim());
  input.value = "";
  void busily(event.submitter, refresh);
});
byId("refresh").addEventListener("click", ({ target }) => busily(target, refresh));
byId("new-token").addEventListener("click", () => askForToken(refresh));
byId("close-jobs").addEventListener("click", unwatch);
byId("sign-out").addEventListener("click", () => {
  tell(byId("failure"), "");
  signOut();
});
addEventListener("signed-out", signOut);

if (isSignedIn()) void busily(byId("refresh"), refresh);
else signOut();
