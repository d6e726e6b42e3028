// The entry: the routes, and the Durable Objects behind them. Whatever reads the configuration gets it trimmed.
import { Account as AccountObject } from "./account/account.js";
import { JobIndex as JobIndexObject } from "./account/job-index.js";
import { Registry as RegistryObject } from "./account/registry.js";
import { app } from "./app.js";
import { Batch as BatchObject } from "./batch/batch.js";
import { fetchCatalog } from "./catalog/fetch.js";
import { type Env, trimmed } from "./env.js";
import { Job as JobObject } from "./job/job.js";
import { ProviderHealth as ProviderHealthObject } from "./provider-health/provider-health.js";
import { tendJobs } from "./scheduled.js";

type ObjectClass = new (ctx: DurableObjectState, env: Env) => object;

const configured = <T extends ObjectClass>(base: T): T =>
  class extends (base as ObjectClass) {
    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, trimmed(env));
    }
  } as T;

export const Account = configured(AccountObject);
export const Batch = configured(BatchObject);
export const JobIndex = configured(JobIndexObject);
export const Registry = configured(RegistryObject);
export const Job = configured(JobObject);
export const ProviderHealth = configured(ProviderHealthObject);

export default {
  fetch: (request, env, context) => app.fetch(request, trimmed(env), context),
  scheduled: async ({ scheduledTime }, untrimmed) => {
    const env = trimmed(untrimmed);
    await Promise.all([
      tendJobs(env, Date.now()),
      fetchCatalog(env, scheduledTime),
    ]);
  },
} satisfies ExportedHandler<Env>;
