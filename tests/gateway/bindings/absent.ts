// The gateway of an account that has neither Analytics Engine nor rate limiters.
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

const without = ({ METRICS: _m, CREATE_LIMITER: _c, READ_LIMITER: _r, ...env }: Env): Env => env;

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
