// Finds the Durable Objects. Every method of an object is called remotely and returns plain data, so a stub has the
// object's own RPC interface: the type that the engine derives for stubs is infinite if the data may be any JSON.
import type { ProviderId } from "filmgate";
import type { Env } from "./env.js";
import { videoNotFound } from "./errors.js";
import type { AccountRpc, BatchRpc, JobIndexRpc, JobRpc, ProviderHealthRpc, RegistryRpc } from "./rpc.js";

/** The account of that id, `acct_…`. */
export const accountOf = (env: Env, id: string): AccountRpc =>
  named(env, env.ACCOUNTS, id) as unknown as AccountRpc;

/** The list of that account's jobs. */
export const jobIndexOf = (env: Env, accountId: string): JobIndexRpc =>
  named(env, env.JOB_INDEX, accountId) as unknown as JobIndexRpc;

/** The only registry. */
export const registryOf = (env: Env): RegistryRpc =>
  named(env, env.REGISTRY, "registry") as unknown as RegistryRpc;

/** The circuit breaker of a provider. */
export const providerHealthOf = (env: Env, provider: ProviderId): ProviderHealthRpc =>
  named(env, env.PROVIDER_HEALTH, provider) as unknown as ProviderHealthRpc;

/** The job of that id in hex. @throws {ApiError} if the engine never issued the id. */
export function jobOf(env: Env, jobId: string): JobRpc {
  const jobs = located(env, env.JOBS);
  let id: DurableObjectId;
  try {
    id = jobs.idFromString(jobId);
  } catch {
    throw videoNotFound();
  }
  return jobs.get(id) as unknown as JobRpc;
}

/** The batch of that id in hex; `undefined` if the engine never issued it. */
export function batchOf(env: Env, batchId: string): BatchRpc | undefined {
  const batches = located(env, env.BATCHES);
  try {
    return batches.get(batches.idFromString(batchId)) as unknown as BatchRpc;
  } catch {
    return undefined;
  }
}

/** The batch of a name: of its owner and its idempotency key. */
export const namedBatchOf = (env: Env, name: string): BatchRpc =>
  named(env, env.BATCHES, name) as unknown as BatchRpc;

/** The id of a new job, in hex. */
export const newJobId = (env: Env): string => located(env, env.JOBS).newUniqueId().toString();

function named(env: Env, namespace: DurableObjectNamespace, name: string): DurableObjectStub {
  const objects = located(env, namespace);
  return objects.get(objects.idFromName(name));
}

/** Where the objects are stored: anywhere, or only in a jurisdiction. */
function located({ JURISDICTION }: Env, namespace: DurableObjectNamespace): DurableObjectNamespace {
  return JURISDICTION ? namespace.jurisdiction(JURISDICTION as DurableObjectJurisdiction) : namespace;
}
