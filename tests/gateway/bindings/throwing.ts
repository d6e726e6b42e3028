// The gateway whose optional bindings throw at every call: Analytics Engine, the rate limiters, Media Transformations.
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

const broken = (): never => {
  throw new Error("The binding is broken.");
};
const limiter: RateLimit = { limit: async () => broken() };
const faulty = (env: Env): Env => ({
  ...env,
  METRICS: { writeDataPoint: broken },
  CREATE_LIMITER: limiter,
  READ_LIMITER: limiter,
  AUTH_LIMITER: limiter,
  MEDIA: { input: broken },
});

export class Account extends RealAccount {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}

export class Job extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext) => gateway.fetch(request, faulty(env), context),
} satisfies ExportedHandler<Env>;
