// Spending as CSV.
import { send, withQuery } from "./api.js";
import { byId, el, withBusy } from "./parts.js";

const form = byId("export-form");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void withBusy(event.submitter, download, form.querySelector(".failure"));
});

async function download() {
  const { from, to } = Object.fromEntries(new FormData(form));
  const response = await send("GET", withQuery("/usage.csv", { from, to }));
  const url = URL.createObjectURL(await response.blob());
  el("a", { href: url, download: `filmgate-${from}-${to}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** This month, until the admin chooses. */
function enter() {
  const today = new Date().toISOString().slice(0, 10);
  form.elements.from.value ||= `${today.slice(0, 7)}-01`;
  form.elements.to.value ||= today;
}

export const exports = { enter, refresh: async () => () => {} };
