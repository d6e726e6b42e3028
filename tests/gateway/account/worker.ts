// The gateway, and a way to call its objects directly, at a moment of the test's choice.
import gateway, {
  Account as RealAccount,
  Job,
  JobIndex as RealIndex,
  Registry,
} from "../../../worker/src/index.js";
import { authenticate } from "../../../worker/src/auth.js";
import { signedPath, verifySigned } from "../../../worker/src/signing.js";
import type { Env } from "../../../worker/src/env.js";

export { Job, Registry };

let moment: number | undefined;
const clock = Date.now;
Date.now = () => moment ?? clock();

export class Account extends RealAccount {
  /** What the engine does when the alarm goes off. */
  async sweep(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.alarm();
  }

  async wakesAt(): Promise<number | null> {
    return this.ctx.storage.getAlarm();
  }

  /** Bytes in its database: none where nothing was ever written. */
  async size(): Promise<number> {
    return this.ctx.storage.sql.databaseSize;
  }
}

export class JobIndex extends RealIndex {
  /** So many jobs, a millisecond apart, named by their time. */
  async fill(count: number): Promise<void> {
    for (let at = 0; at < count; at++) await this.add({ jobId: `job ${at}`, createdAt: at });
  }
}

interface Call {
  /** A binding, and the object's name or id; or one of the functions below. */
  object?: "ACCOUNTS" | "JOB_INDEX" | "REGISTRY" | "JOBS";
  name: string;
  method: string;
  args: unknown[];
  /** The time that it is then, for all objects, until the next call. */
  at?: number;
}

let comparisons = 0;
const compare = crypto.subtle.timingSafeEqual.bind(crypto.subtle);
crypto.subtle.timingSafeEqual = (a, b) => {
  comparisons++;
  return compare(a, b);
};

const functions = { authenticate, signedPath, verifySigned, comparisons: () => comparisons };

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== "/test/call") return gateway.fetch(request, env, context);
    const call = (await request.json()) as Call;
    moment = call.at;
    return Response.json((await answer(env, call)) ?? null);
  },
} satisfies ExportedHandler<Env>;

async function answer(env: Env, { object, name, method, args }: Call): Promise<unknown> {
  if (object === undefined) {
    const run = functions[method as keyof typeof functions] as (...args: unknown[]) => unknown;
    return run(env, ...args);
  }
  if (method === "newId") return env.JOBS.newUniqueId().toString();
  const namespace = env[object] as DurableObjectNamespace;
  const id = object === "JOBS" ? namespace.idFromString(name) : namespace.idFromName(name);
  const stub = namespace.get(id) as unknown as Record<string, (...args: unknown[]) => unknown>;
  return stub[method]?.(...args);
}
