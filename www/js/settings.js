// The chosen environment, the API keys and the URLs. Secrets exist only in their inputs, unless the
// user opts in to remember them on this device.

import { byId, debounce } from "./dom.js";
import { localStore } from "./storage.js";

const PROVIDERS = ["runpod", "runware"];

/** Binds the settings; calls `onChange` when the environment, a key or a URL changes. */
export function createSettings({ local, onChange }) {
  const form = byId("environments");
  byId("environment-local").hidden = !local;
  restore(form, local);

  const show = () => {
    for (const id of ["live", "gateway"]) {
      byId(`${id}-settings`).hidden = form.elements.environment.value !== id;
    }
  };
  let known = JSON.stringify(current(form));
  const changed = () => {
    show();
    save(form);
    const now = JSON.stringify(current(form));
    if (now === known) return;
    known = now;
    onChange();
  };
  // A key is typed character by character: a new client is made after a pause or when the field is left.
  form.addEventListener("input", debounce(changed, 400));
  form.addEventListener("change", changed);
  byId("accept-resend").addEventListener("change", onChange);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();

  return {
    environment: () => form.elements.environment.value,
    /** `{ apiKey, baseURL }` of a provider; each is `undefined` if empty. */
    live: (provider) => ({
      apiKey: byId(`key-${provider}`).value.trim() || undefined,
      baseURL: byId(`base-${provider}`).value.trim() || undefined,
    }),
    /** Whether the user accepts that this browser may submit to RunPod twice. Asked again after a reload. */
    acceptsResend: () => byId("accept-resend").checked,
    /** `{ url, apiKey }` of the gateway; strings, which may be empty. */
    gateway: () => ({
      url: byId("gateway-url").value.trim(),
      apiKey: byId("gateway-api-key").value.trim(),
    }),
  };
}

function restore(form, local) {
  const { environment, remember, keys, urls, gateway } = localStore.read("settings") ?? {};
  const isAvailable =
    environment === "live" || environment === "gateway" || (environment === "local" && local);
  if (isAvailable) form.elements.environment.value = environment;
  byId("remember").checked = remember === true;
  restoreGateway(gateway, local?.gateway);
  for (const provider of PROVIDERS) {
    byId(`key-${provider}`).value = keys?.[provider] ?? "";
    byId(`base-${provider}`).value = urls?.[provider] ?? "";
  }
}

/** The stored gateway, or the local one if none is stored. */
function restoreGateway(stored, local) {
  const url = stored?.url || local?.url || "";
  byId("gateway-url").value = url;
  byId("gateway-api-key").value = stored?.apiKey ?? (url === local?.url ? local.apiKey : "");
  byId("remember-api-key").checked = Boolean(stored?.apiKey);
}

function save(form) {
  const remember = byId("remember").checked;
  const { keys, gateway, ...others } = current(form);
  const { url, apiKey } = gateway;
  localStore.write("settings", {
    ...others,
    remember,
    keys: remember ? keys : undefined,
    gateway: { url, apiKey: byId("remember-api-key").checked ? apiKey : undefined },
  });
}

function current(form) {
  const values = (part) =>
    Object.fromEntries(PROVIDERS.map((provider) => [provider, byId(`${part}-${provider}`).value]));
  return {
    environment: form.elements.environment.value,
    urls: values("base"),
    keys: values("key"),
    gateway: { url: byId("gateway-url").value, apiKey: byId("gateway-api-key").value },
  };
}
