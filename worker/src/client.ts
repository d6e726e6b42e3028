// The package's client, configured from what the gateway is deployed with.
import { createFilmgate } from "filmgate";
import type { Filmgate, ProviderId, ProviderSettings, Store } from "filmgate";
import type { Env } from "./env.js";
import { isPublicHost } from "../../pkg/dist/core/core.js";
import { trustedOrigins } from "./public-fetch.js";
import { registryOf } from "./stubs.js";

const PROVIDERS: readonly ProviderId[] = ["runpod", "runware"];

/** The providers that the gateway has an API key for. */
export function providersOf(env: Env): ProviderId[] {
  return PROVIDERS.filter((provider) => keyOf(env, provider));
}

/** A client that validates requests: it has no store, and every URL has to be public. */
export function validationClient(env: Env): Filmgate {
  return createFilmgate(settingsOf(env));
}

/** A job's own client. Its webhook, and the images that the gateway serves, are at the gateway's `origin`. */
export function jobClient(env: Env, origin: string, store: Store): Filmgate {
  const allowPrivateHosts = [origin, ...trustedOrigins(env)].some(isPrivate);
  return createFilmgate({ ...settingsOf(env), store, allowPrivateHosts });
}

function settingsOf(env: Env): Partial<Record<ProviderId, ProviderSettings>> {
  const settings = providersOf(env).map((provider) => {
    const baseURL = provider === "runpod" ? env.RUNPOD_BASE_URL : env.RUNWARE_BASE_URL;
    const apiKey = keyOf(env, provider);
    return [provider, { ...(apiKey && { apiKey }), ...(baseURL && { baseURL }), longPoll: false }];
  });
  return Object.fromEntries(settings) as Partial<Record<ProviderId, ProviderSettings>>;
}

function keyOf(env: Env, provider: ProviderId): string | undefined {
  return provider === "runpod" ? env.RUNPOD_API_KEY : env.RUNWARE_API_KEY;
}

function isPrivate(origin: string): boolean {
  const url = URL.parse(origin);
  return !url || !isPublicHost(url.hostname);
}

let secret: string | undefined;

/** Signs the URLs of the providers' webhooks: the same for every job, and read once per isolate. */
export async function webhookSecret(env: Env): Promise<string> {
  secret ??= (await registryOf(env).secrets()).webhook;
  return secret;
}
