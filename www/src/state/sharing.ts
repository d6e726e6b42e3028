// A link to the request: it opens with everything filled in, and holds neither a key nor a picture.

import { signal } from "@preact/signals";
import type { ProviderId } from "filmgate";
import { fill, picked, request } from "./draft.js";
import { attempted } from "./issues.js";
import { target } from "./quotes.js";
import { PROVIDERS, gatewayOf, liveOf } from "./settings.js";
import { announce, copy } from "./ui.js";

/** What to know about the link that was made or opened. */
export const shareNotice = signal<string | undefined>(undefined);

/** Fills the form with the request of the page's address, if it has one; now, and whenever it changes. */
export function watchLinks(): void {
  addEventListener("hashchange", () => void openSharedRequest());
  void openSharedRequest();
}

async function openSharedRequest(): Promise<void> {
  if (!location.hash.startsWith("#video=")) return;
  const { openLink } = await import("../share/index.js");
  const opened = await openLink(location.hash);
  // A reload shows the form as it then is.
  history.replaceState(null, "", location.pathname + location.search);
  if (!opened) return;
  if (!opened.ok) return void (shareNotice.value = opened.reason);
  attempted.value = false;
  fill(opened.request);
  if (opened.provider && opened.request.model !== undefined) picked.value = opened.provider;
  shareNotice.value = opened.notices.map(({ field, message }) => `\`${field}\`: ${message}`).join(" ") || undefined;
  announce("The form has the request of the link.");
}

/** Copies a link to what the form holds; returns whether that worked. */
export async function copyLink(): Promise<boolean> {
  const { makeLink } = await import("../share/index.js");
  const provider = target.value.provider;
  const keys = [...PROVIDERS.map((id) => liveOf(id).apiKey), gatewayOf().apiKey];
  const link = await makeLink(
    { request: request.value, provider: request.value.model !== undefined && provider !== "cheapest" ? (provider as ProviderId) : undefined },
    { secrets: keys.filter((key) => key !== undefined && key !== "") as string[] },
  );
  if (!link.ok) {
    shareNotice.value = link.reason;
    return false;
  }
  const left = link.omitted.map(({ field, message }) => `\`${field}\`: ${message}`).join(" ");
  shareNotice.value = left === "" ? undefined : `Not in the link: ${left}`;
  return copy(new URL(link.fragment, location.href).href);
}
