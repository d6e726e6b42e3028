// Where to film, the keys, the token and the addresses. Secrets live in their inputs and nowhere else,
// unless the user asks this device to remember them.

import { byId, debounce } from "./dom.js";
import { onDevice } from "./storage.js";

const PROVIDERS = ["runpod", "runware"];

/** Wires the settings; calls `onChange` when the place, a key or an address has changed. */
export function createSettings({ local, onChange }) {
  const form = byId("places");
  byId("place-local").hidden = !local;
  restore(form, local);

  const show = () => {
    for (const place of ["live", "gateway"]) {
      byId(`${place}-settings`).hidden = form.elements.place.value !== place;
    }
  };
  let known = JSON.stringify(current(form));
  const changed = () => {
    show();
    keep(form);
    const now = JSON.stringify(current(form));
    if (now === known) return;
    known = now;
    onChange();
  };
  // A key arrives letter by letter: the client is made after a pause, or when the field is left.
  form.addEventListener("input", debounce(changed, 400));
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();

  return {
    place: () => form.elements.place.value,
    /** `{ apiKey, baseURL }` of a provider, as far as given. */
    live: (provider) => ({
      apiKey: byId(`key-${provider}`).value.trim() || undefined,
      baseURL: byId(`base-${provider}`).value.trim() || undefined,
    }),
    /** `{ url, token }` of the gateway: texts, which may be empty. */
    gateway: () => ({
      url: byId("gateway-url").value.trim(),
      token: byId("gateway-token").value.trim(),
    }),
  };
}

function restore(form, local) {
  const { place, remember, keys, addresses, gateway } = onDevice.read("settings") ?? {};
  const isThere = place === "live" || place === "gateway" || (place === "local" && local);
  if (isThere) form.elements.place.value = place;
  byId("remember").checked = remember === true;
  restoreGateway(gateway, local?.gateway);
  for (const provider of PROVIDERS) {
    byId(`key-${provider}`).value = keys?.[provider] ?? "";
    byId(`base-${provider}`).value = addresses?.[provider] ?? "";
  }
}

/** As it was left; the local one where nothing was. */
function restoreGateway(kept, local) {
  const url = kept?.url || local?.url || "";
  byId("gateway-url").value = url;
  byId("gateway-token").value = kept?.token ?? (url === local?.url ? local.apiKey : "");
  byId("remember-token").checked = Boolean(kept?.token);
}

function keep(form) {
  const remember = byId("remember").checked;
  const { keys, gateway, ...others } = current(form);
  const { url, token } = gateway;
  onDevice.write("settings", {
    ...others,
    remember,
    keys: remember ? keys : undefined,
    gateway: { url, token: byId("remember-token").checked ? token : undefined },
  });
}

function current(form) {
  const values = (part) =>
    Object.fromEntries(PROVIDERS.map((provider) => [provider, byId(`${part}-${provider}`).value]));
  return {
    place: form.elements.place.value,
    addresses: values("base"),
    keys: values("key"),
    gateway: { url: byId("gateway-url").value, token: byId("gateway-token").value },
  };
}
