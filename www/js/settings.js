// Where to film, the keys and the addresses. Keys live in the two inputs and nowhere else, unless
// the user asks this device to remember them.

import { byId, debounce } from "./dom.js";
import { onDevice } from "./storage.js";

const PROVIDERS = ["runpod", "runware"];

/** Wires the settings; calls `onChange` when the place, a key or an address has changed. */
export function createSettings({ local, onChange }) {
  const form = byId("places");
  byId("place-local").hidden = !local;
  restore(form, local);

  const show = () => (byId("live-settings").hidden = form.elements.place.value !== "live");
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
  };
}

function restore(form, local) {
  const { place, remember, keys, addresses } = onDevice.read("settings") ?? {};
  if (place === "live" || (place === "local" && local)) form.elements.place.value = place;
  byId("remember").checked = remember === true;
  for (const provider of PROVIDERS) {
    byId(`key-${provider}`).value = keys?.[provider] ?? "";
    byId(`base-${provider}`).value = addresses?.[provider] ?? "";
  }
}

function keep(form) {
  const remember = byId("remember").checked;
  const { keys, ...others } = current(form);
  onDevice.write("settings", { ...others, remember, keys: remember ? keys : undefined });
}

function current(form) {
  const values = (part) =>
    Object.fromEntries(PROVIDERS.map((provider) => [provider, byId(`${part}-${provider}`).value]));
  return { place: form.elements.place.value, addresses: values("base"), keys: values("key") };
}
