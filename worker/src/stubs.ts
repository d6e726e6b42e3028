// Finds the Durable Objects. Every method of an object is called remotely and returns plain data, so a stub has the
// object's own RPC interface: the type that the engine derives for stubs is infinite if the data may be any JSON.
import type { Env } from "./env.js";
import { videoNotFound } from "./errors.js";
import type { AccountRpc, JobIndexRpc, JobRpc, RegistryRpc } from "./types.js";

/** The account of the API key with that hash. */
export const accountOf = (env: Env, hash: string): AccountRpc =>
  env.ACCOUNTS.get(env.ACCOUNTS.idFromName(hash)) as unknown as AccountRpc;

/** The list of that API key's jobs. */
export const jobIndexOf = (env: Env, hash: string): JobIndexRpc =>
  env.JOB_INDEX.get(env.JOB_INDEX.idFromName(hash)) as unknown as JobIndexRpc;

/** The only registry. */
export const registryOf = (env: Env): RegistryRpc =>
  env.REGISTRY.get(env.REGISTRY.idFromName("registry")) as unknown as RegistryRpc;

/** The job of that id in hex. @throws {ApiError} if the engine never issued the id. */
export function jobOf(env: Env, jobId: string): JobRpc {
  let id: DurableObjectId;
  try {
    id = env.JOBS.idFromString(jobId);
  } catch {
    throw videoNotFound();
  }
  return env.JOBS.get(id) as unknown as JobRpc;
}
