// The free question: the status of a job that cannot exist. It costs nothing at either provider.
import { createFilmgate } from "filmgate/gateway-server";
import type { Handle, ListingRef } from "filmgate";
import { providerSettings } from "../client.js";
import type { Env } from "../env.js";
import { isUnreachable } from "../reachable.js";

const TIMEOUT_MS = 5_000;
/** A failure that took longer is not asked again. */
const COINCIDENCE_MS = 1_000;

/** Whether the provider answers. HTTP 401 or 429 is an answer; one failure that comes at once may be a coincidence. */
export async function ask(env: Env, listing: ListingRef): Promise<boolean> {
  const since = Date.now();
  if (await askOnce(env, listing)) return true;
  return Date.now() - since < COINCIDENCE_MS && askOnce(env, listing);
}

async function askOnce(env: Env, { provider, model, providerModelId }: ListingRef): Promise<boolean> {
  const client = createFilmgate({ ...providerSettings(env), requestTimeoutMs: TIMEOUT_MS });
  const id = crypto.randomUUID();
  const now = Date.now();
  const jobId = provider === "runpod" ? { jobId: `${id}-u1` } : {};
  // Accepted, so that it is polled at once.
  const handle: Handle = { version: 1, provider, model, providerModelId, id, ...jobId, n: 1, createdAt: now, acceptedAt: now };
  try {
    await client.status(handle, { timeoutMs: TIMEOUT_MS });
    return true;
  } catch (error) {
    return !isUnreachable(error);
  }
}
