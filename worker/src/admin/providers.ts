// Whether the providers can be reached, and how many jobs wait for each.
import { providersOf } from "../client.js";
import type { Env } from "../env.js";
import { providerHealthOf } from "../stubs.js";
import type { ProviderState } from "../types.js";

/** Only providers with an API key. */
export async function providerStates(env: Env): Promise<ProviderState[]> {
  const states = providersOf(env).map(async (provider) => ({
    provider,
    ...(await providerHealthOf(env, provider).state()),
  }));
  return Promise.all(states);
}
