// The admin page: signs in, shows one section at a time, and refreshes it while the page is visible.
import { clearToken, isSignedIn, request, saveToken, unreadable } from "./api.js";
import { catalog } from "./catalog.js";
import { charges } from "./charges.js";
import { openDialog } from "./dialogs.js";
import { exports } from "./export.js";
import { jobs } from "./jobs.js";
import { keys } from "./keys.js";
import { overview } from "./overview.js";
import { byId, el, showMessage, withBusy } from "./parts.js";

const REFRESH_MS = 10_000;

/**
 * `refresh()` reads the newest data and returns what shows it, so that an answer that comes after a later one is never shown;
 * `enter(params)` and `leave()` are optional.
 */
const SECTIONS = { overview, keys, jobs, charges, catalog, export: exports };

let current = "overview";
let timer;
/** Counts the loads: of several, only the latest is shown. */
let loads = 0;

async function load() {
  clearTimeout(timer);
  const load = ++loads;
  unreadable.clear();
  try {
    const show = await SECTIONS[current].refresh();
    if (load !== loads) return;
    show();
    byId("updated-at").textContent = `Updated ${new Date().toLocaleTimeString()}`;
    showMessage(byId("stale"), unreadable.size > 0 ? `Not complete. This cannot be read: ${[...unreadable].join(", ")}.` : "");
  } catch (error) {
    if (load === loads && isSignedIn()) showMessage(byId("stale"), `Not up to date. ${error.message}`);
  } finally {
    if (load === loads) schedule();
  }
}

/** A hidden page asks nothing; once it is shown again, it asks at once. */
function schedule() {
  clearTimeout(timer);
  if (!document.hidden && isSignedIn()) timer = setTimeout(load, REFRESH_MS);
}

/** `#/jobs?status=failed` → the section and its parameters. */
function route() {
  const [, name = "", query] = /^#\/([a-z]+)(?:\?(.*))?$/.exec(location.hash) ?? [];
  const next = Object.hasOwn(SECTIONS, name) ? name : "overview";
  if (next !== current) SECTIONS[current].leave?.();
  const isOther = next !== current;
  current = next;
  for (const id of Object.keys(SECTIONS)) byId(id).hidden = id !== current;
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.hash === `#/${current}`;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${byId(`${current}-title`).textContent} · filmgate gateway`;
  showMessage(byId("failure"), "");
  if (!isSignedIn()) return;
  SECTIONS[current].enter?.(Object.fromEntries(new URLSearchParams(query)));
  if (isOther) byId(`${current}-title`).focus();
  void load();
}

let signInDialog;

/** Above all that is open, so that a form that is half typed is still there afterwards. */
function askToSignIn(message = "") {
  clearTimeout(timer);
  SECTIONS[current].leave?.();
  document.documentElement.dataset.signedIn = "false";
  if (signInDialog?.open) return showMessage(signInDialog.querySelector(".failure"), message);
  const input = el("input", { id: "admin-token", type: "password", autocomplete: "off", required: true });
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const submit = el("button", { class: "primary" }, "Sign in");
  const onsubmit = (event) => {
    event.preventDefault();
    void withBusy(submit, () => signIn(input, failure), failure);
  };
  const form = el(
    "form",
    { class: "fields", onsubmit },
    el("label", { for: input.id }, "Admin token"),
    input,
    el("p", { class: "hint" }, "ADMIN_TOKEN of this gateway, or a key with the scope admin. It is stored until this tab is closed."),
    failure,
    submit,
  );
  signInDialog = openDialog("Sign in to filmgate", { isSticky: true }, form);
  signInDialog.classList.add("sign-in");
  showMessage(failure, message);
}

const SIGN_IN_ERRORS = {
  401: "This is not the admin token of this gateway. Check that all of it was copied, then try again.",
  403: "This API key is valid, but does not have the scope admin. Use the admin token.",
};

async function signIn(input, failure) {
  saveToken(input.value.trim());
  await request("GET", "/keys?limit=1").catch((error) => {
    clearToken();
    throw new Error(SIGN_IN_ERRORS[error.status] ?? error.message);
  });
  input.value = "";
  showMessage(failure, "");
  signInDialog.close();
  document.documentElement.dataset.signedIn = "true";
  route();
}

byId("refresh").addEventListener("click", ({ target }) => withBusy(target, load));
byId("sign-out").addEventListener("click", () => {
  clearToken();
  location.reload();
});
addEventListener("signed-out", () => {
  if (!signInDialog?.open) askToSignIn("This token is not accepted any more. Sign in again.");
});
addEventListener("hashchange", route);
addEventListener("changed", load);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (isSignedIn()) void load();
});

if (!isSignedIn()) askToSignIn();
route();
