// The gateway over an engine that breaks: a call of an object, or of R2, throws now and then, before it was carried
// out or after. `POST /test/rate` says how often, `GET /test/broken` how often it did, `GET /test/files` what R2 has;
// after `POST /test/deaf` no response arrives that R2 has stored a file.
import gateway, {
  Account as RealAccount,
  Job as RealJob,
  JobIndex as RealIndex,
  Batch,
  ProviderHealth,
  Registry,
} from "../../../worker/src/index.js";
import type { Env } from "../../../worker/src/env.js";
import type { ReservationRequest } from "../../../worker/src/rpc.js";
import type { JobSummary, JobSpec, Billing, Owner } from "../../../worker/src/types.js";

export { Batch, ProviderHealth, Registry };

let rate = 0;
let broken = 0;
let isDeaf = false;

/** Carries it out, unless it breaks before; breaks after it as often. */
async function perhaps<T>(work: () => Promise<T>): Promise<T> {
  const dice = Math.random();
  if (dice >= rate) return work();
  broken += 1;
  if (dice >= rate / 2) await work();
  throw new Error("The engine broke.");
}

type Call = (...args: unknown[]) => Promise<unknown>;

/** The same bucket, of which any call may break. */
const faulty = (env: Env): Env => {
  const VIDEO_BUCKET = new Proxy(env.VIDEO_BUCKET, {
    get: (bucket, name) => {
      const method = (Reflect.get(bucket, name) as Call).bind(bucket);
      return async (...args: unknown[]) => {
        const answer = await perhaps(() => method(...args));
        if (isDeaf && name === "put") throw new Error("The engine broke.");
        return answer;
      };
    },
  });
  return { ...env, VIDEO_BUCKET };
};

export class Account extends RealAccount {
  override reserve(request: ReservationRequest) {
    return perhaps(() => super.reserve(request));
  }
  override authenticate(hash: string) {
    return perhaps(() => super.authenticate(hash));
  }
  override recordBilling(jobId: string, billing: Billing) {
    return perhaps(() => super.recordBilling(jobId, billing));
  }
}

export class JobIndex extends RealIndex {
  override put(summary: JobSummary) {
    return perhaps(() => super.put(summary));
  }
  override remove(jobId: string, createdAt: number) {
    return perhaps(() => super.remove(jobId, createdAt));
  }
}

export class Job extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
  override create(spec: JobSpec) {
    return perhaps(() => super.create(spec));
  }
  override read(owner: Owner) {
    return perhaps(() => super.read(owner));
  }
  override delete(owner: Owner) {
    return perhaps(() => super.delete(owner));
  }
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case "/test/rate":
        rate = Number(await request.text());
        return Response.json(rate);
      case "/test/deaf":
        isDeaf = (await request.text()) === "1";
        return Response.json(isDeaf);
      case "/test/broken":
        return Response.json(broken);
      case "/test/files": {
        const { objects } = await env.VIDEO_BUCKET.list();
        return Response.json(objects.map(({ key }) => key));
      }
      default:
        return gateway.fetch(request, faulty(env), context);
    }
  },
} satisfies ExportedHandler<Env>;
