// The entry: the routes, and the Durable Objects behind them.
import { app } from "./app.js";
import type { Env } from "./env.js";

export { Account } from "./account/account.js";
export { JobIndex } from "./account/job-index.js";
export { Registry } from "./account/registry.js";
export { Job } from "./job/job.js";

export default app satisfies ExportedHandler<Env>;
