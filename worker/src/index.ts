// The entry: the routes, and the Durable Objects behind them.
import { app } from "./app.js";
import { fetchCatalog } from "./catalog/fetch.js";
import { type Env, trimmed } from "./env.js";
import { tendJobs } from "./scheduled.js";

export { Account } from "./account/account.js";
export { Batch } from "./batch/batch.js";
export { JobIndex } from "./account/job-index.js";
export { Registry } from "./account/registry.js";
export { Job } from "./job/job.js";
export { ProviderHealth } from "./provider-health/provider-health.js";

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
