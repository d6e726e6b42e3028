// The package's client, configured from what the gateway is deployed with.
import { createFilmgate, initWasm, isPublicHost, verifyWebhookUrl } from "filmgate/gateway-server";
import module from "filmgate/filmgate.wasm";
import type { Filmgate, ProviderId, ProviderSettings, Store } from "filmgate";
import { catalogInUse, modelsOfJob } from "./catalog/in-use.js";
import type { Env } from "./env.js";
import { boundedAnswer } from "./provider-answers.js";
import { publicOrigin, trustedOrigins } from "./public-fetch.js";
import { currentSecret, secretsOf, validSecrets } from "./secrets.js";
import type { JobSpec } from "./types.js";

initWasm(module);

const PROVIDERS: readonly ProviderId[] = ["runpod", "runware"];

/** The providers that the gateway has an API key for. */
export function providersOf(env: Env): ProviderId[] {
  return PROVIDERS.filter((provider) => keyOf(env, provider));
}

/** A client that validates requests by the catalog in use: it has no store, and every URL has to be public. */
export function validationClient(env: Env): Filmgate {
  const { models } = catalogInUse();
  return createFilmgate({ ...providerSettings(env), ...(models && { models }) });
}

/**
 * A job's own client, with the catalog that it was planned with. The images that the gateway serves are at the job's
 * `origin`, and its webhook is at the present one.
 */
export function jobClient(env: Env, { origin, catalog }: Pick<JobSpec, "origin" | "catalog">, store: Store): Filmgate {
  const allowPrivateHosts = [origin, publicOrigin(env, origin), ...trustedOrigins(env)].some(isPrivate);
  const models = modelsOfJob(catalog);
  const settings = { ...providerSettings(env), boundAnswer: boundedAnswer };
  return createFilmgate({ ...settings, store, allowPrivateHosts, ...(models && { models }) });
}

/** The providers with their API keys. */
export function providerSettings(env: Env): Partial<Record<ProviderId, ProviderSettings>> {
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

/** Signs the URLs of the providers' webhooks: the same for every job. */
export async function webhookSecret(env: Env): Promise<string> {
  return currentSecret((await secretsOf(env)).webhook);
}

/** The secret that has signed a webhook's URL; `undefined`: none that is still valid. */
export async function secretOfWebhook(env: Env, url: string): Promise<string | undefined> {
  for (const secret of validSecrets((await secretsOf(env)).webhook)) {
    if (await verifyWebhookUrl(url, secret).then(() => true, () => false)) return secret;
  }
  return undefined;
}
