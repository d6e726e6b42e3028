// The gateway of an account that has none of the optional bindings: no Analytics Engine, no rate limiters, no Media
// Transformations.
import gateway, {
  Account as RealAccount,
  Job as RealJob,
  Batch,
  JobIndex,
  ProviderHealth,
  Registry,
} from "../../../worker/src/index.js";
import type { Env } from "../../../worker/src/env.js";

export { Batch, JobIndex, ProviderHealth, Registry };

const OPTIONAL = ["METRICS", "CREATE_LIMITER", "READ_LIMITER", "AUTH_LIMITER", "MEDIA"];
const without = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OPTIONAL.includes(name))) as unknown as Env;

export class Account extends RealAccount {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, without(env));
  }
}

export class Job extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, without(env));
  }
}

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext) => gateway.fetch(request, without(env), context),
} satisfies ExportedHandler<Env>;
