// The chosen environment, the API keys and the URLs. Secrets exist only in these signals, unless the
// user opts in to remember them on this device.

import { batch, effect, signal, untracked } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { ProviderId } from "filmgate";
import { localStore, storageKey } from "./storage.js";

export type EnvironmentId = "page" | "local" | "live" | "gateway";

/** The URLs of the local simulator and gateway, if `npm start` serves this page. */
export interface Local {
  runpod: string;
  runware: string;
  gateway?: { url: string; apiKey: string };
}

interface Stored {
  environment?: EnvironmentId;
  remember?: boolean;
  keys?: Record<ProviderId, string>;
  urls?: Record<ProviderId, string>;
  gateway?: { url?: string; apiKey?: string };
}

export const PROVIDERS: readonly ProviderId[] = ["runpod", "runware"];

export const local = readLocal();

const stored = localStore.read<Stored>("settings") ?? {};
const gatewayUrl = stored.gateway?.url || local?.gateway?.url || "";
const isLocalGateway = gatewayUrl === local?.gateway?.url;

export const settings = {
  environment: signal<EnvironmentId>(availableEnvironment(stored.environment)),
  remember: signal(stored.remember === true),
  keys: { runpod: signal(stored.keys?.runpod ?? ""), runware: signal(stored.keys?.runware ?? "") },
  urls: { runpod: signal(stored.urls?.runpod ?? ""), runware: signal(stored.urls?.runware ?? "") },
  gatewayUrl: signal(gatewayUrl),
  gatewayKey: signal(stored.gateway?.apiKey ?? (isLocalGateway ? (local?.gateway?.apiKey ?? "") : "")),
  rememberGateway: signal(Boolean(stored.gateway?.apiKey)),
  /** Whether the user accepts that this browser may submit to RunPod twice. Asked again after a reload. */
  acceptsResend: signal(false),
};

/** `apiKey`, `baseURL` of a provider; each is `undefined` if empty. */
export const liveOf = (provider: ProviderId) => ({
  apiKey: settings.keys[provider].value.trim() || undefined,
  baseURL: settings.urls[provider].value.trim() || undefined,
});

export const gatewayOf = () => ({
  url: settings.gatewayUrl.value.trim(),
  apiKey: settings.gatewayKey.value.trim(),
});

/** Whether the client accepts this gateway URL: no credentials, query or fragment. */
export function isGatewayUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}

/** Why this page cannot reach a gateway of this URL, or `undefined`. */
export function gatewayUrlIssue(url: string): string | undefined {
  if (!isGatewayUrl(url)) return "Enter the URL of a gateway, such as https://gateway.example.";
  if (isRefusedByPolicy(url)) return "This page reaches a gateway over https only, or over http at localhost. Use its https URL.";
  return undefined;
}

/** The page's own policy, which the browser does not explain. */
function isRefusedByPolicy(url: string): boolean {
  const { protocol, hostname, origin } = new URL(url);
  return protocol === "http:" && hostname !== "localhost" && hostname !== "127.0.0.1" && origin !== location.origin;
}

/** Whether another tab's choice is being taken over, which that tab has stored. */
let isTaking = false;

effect(() => {
  const { environment, remember, keys, urls, rememberGateway } = settings;
  const { url, apiKey } = gatewayOf();
  const record: Stored = {
    environment: environment.value,
    remember: remember.value,
    keys: remember.value ? { runpod: keys.runpod.value, runware: keys.runware.value } : undefined,
    urls: { runpod: urls.runpod.value, runware: urls.runware.value },
    gateway: { url, apiKey: rememberGateway.value ? apiKey : undefined },
  };
  if (!isTaking) localStore.write("settings", record);
});

/** What is remembered belongs to the device: no tab stores again what another one has forgotten, or forgets what it has stored. */
addEventListener("storage", ({ key }) => {
  if (key !== null && key !== storageKey("settings")) return;
  const { remember, keys, gateway } = localStore.read<Stored>("settings") ?? {};
  isTaking = true;
  batch(() => {
    settings.remember.value = remember === true;
    settings.rememberGateway.value = Boolean(gateway?.apiKey);
    for (const id of PROVIDERS) settings.keys[id].value ||= keys?.[id] ?? "";
    if (gateway?.url === gatewayOf().url) settings.gatewayKey.value ||= gateway.apiKey ?? "";
  });
  isTaking = false;
});

/** What the client is created from. A key is typed letter by letter: a new client is made after a pause. */
export const connection = signal({
  id: settings.environment.peek(),
  acceptsResend: false,
  text: connectionText(),
});

/** A URL that is being typed. It counts once its field is left or a press means it: half a URL would get the key. */
export const typedUrl = signal<{ url: Signal<string>; text: string } | undefined>(undefined);

export function takeTypedUrl(): void {
  const typed = typedUrl.peek();
  if (!typed) return;
  batch(() => {
    typed.url.value = typed.text;
    typedUrl.value = undefined;
  });
}

let pause: ReturnType<typeof setTimeout> | undefined;
const TYPING_PAUSE_MS = 400;

effect(() => {
  const id = settings.environment.value;
  const acceptsResend = settings.acceptsResend.value;
  const text = connectionText();
  clearTimeout(pause);
  const known = connection.peek();
  const isTyped = id === known.id && acceptsResend === known.acceptsResend;
  if (isTyped && text === known.text) return;
  if (isTyped) pause = setTimeout(connect, TYPING_PAUSE_MS);
  else connect();
});

/** Applies what is typed, without the pause: what is pressed now is meant for it. */
export function applySettings(): void {
  takeTypedUrl();
  connect();
}

function connect(): void {
  clearTimeout(pause);
  const text = untracked(connectionText);
  const id = settings.environment.peek();
  const acceptsResend = settings.acceptsResend.peek();
  const known = connection.peek();
  if (id === known.id && acceptsResend === known.acceptsResend && text === known.text) return;
  connection.value = { id, acceptsResend, text };
}

function connectionText(): string {
  return JSON.stringify([...PROVIDERS.map(liveOf), gatewayOf()]);
}

function availableEnvironment(id: EnvironmentId | undefined): EnvironmentId {
  const isKnown = id === "live" || id === "gateway" || (id === "local" && local !== undefined);
  return isKnown ? id : "page";
}

function readLocal(): Local | undefined {
  const meta = document.querySelector<HTMLMetaElement>("meta[name=filmgate-local]");
  return meta ? (JSON.parse(meta.content) as Local) : undefined;
}
