// Where the objects are found.
import type { Account } from "./account/account.js";
import type { JobIndex } from "./account/job-index.js";
import type { Registry } from "./account/registry.js";
import type { Env } from "./env.js";

// Every method of an object is called from afar, and answers plain data: a stub has the object's own type. The type
// that the engine derives for stubs is endless where the data may be any JSON.

/** The account of the token that hashes to that. */
export const accountOf = (env: Env, hash: string): Account =>
  env.ACCOUNTS.get(env.ACCOUNTS.idFromName(hash)) as unknown as Account;

/** The list of that token's jobs. */
export const jobIndexOf = (env: Env, hash: string): JobIndex =>
  env.JOB_INDEX.get(env.JOB_INDEX.idFromName(hash)) as unknown as JobIndex;

/** The only one. */
export const registryOf = (env: Env): Registry =>
  env.REGISTRY.get(env.REGISTRY.idFromName("registry")) as unknown as Registry;
