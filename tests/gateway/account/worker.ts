// The gateway, and a way to call its objects directly, at a moment of the test's choice.
import gateway, {
  Account as RealAccount,
  Job,
  JobIndex as RealIndex,
  Batch,
  ProviderHealth,
  Registry,
} from "../../../worker/src/index.js";
import { authenticate } from "../../../worker/src/auth.js";
import { forgetSecrets } from "../../../worker/src/secrets.js";
import {
  accountOf,
  batchOf,
  jobIndexOf,
  jobOf,
  namedBatchOf,
  newJobId,
  providerHealthOf,
  registryOf,
} from "../../../worker/src/stubs.js";
import { signedPath, verifySigned } from "../../../worker/src/signing.js";
import type { Env } from "../../../worker/src/env.js";
import type { Page, Scope } from "../../../worker/src/types.js";

export { Batch, Job, ProviderHealth, Registry };

let moment: number | undefined;
const clock = Date.now;
Date.now = () => moment ?? clock();

let woken = 0;
/** The message of the error that breaks the next list. */
let breakBy = "";

export class Account extends RealAccount {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    woken += 1;
  }

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
  override async list(page: Page) {
    if (breakBy) throw new Error(breakBy);
    return super.list(page);
  }

  /** So many jobs, a millisecond apart, named by their time. */
  async fill(count: number): Promise<void> {
    const more = { version: 1, updatedAt: 1, keyId: "key_1", model: "", status: "queued", text: "{}" };
    const all = Array.from({ length: count }, (_, at) => this.put({ jobId: `job ${at}`, createdAt: at, ...more }));
    await Promise.all(all);
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

/** Which objects the stubs reach in a jurisdiction: the engine of the tests has none. */
function located(_: Env, JURISDICTION?: string): string[] {
  const reached: string[] = [];
  const namespace = (binding: string, place: string) => {
    const note = (name: string) => reached.push(`${binding} ${place} ${name}`);
    return {
      jurisdiction: (other: string) => namespace(binding, other),
      newUniqueId: () => note("new"),
      idFromName: (name: string) => note(name),
      idFromString: (id: string) => note(id),
      get: () => ({}),
    };
  };
  const names = ["JOBS", "ACCOUNTS", "JOB_INDEX", "REGISTRY", "BATCHES", "PROVIDER_HEALTH"];
  const bindings = Object.fromEntries(names.map((name) => [name, namespace(name, "anywhere")]));
  const env = { ...bindings, JURISDICTION } as unknown as Env;
  accountOf(env, "acct_1");
  jobIndexOf(env, "acct_1");
  registryOf(env);
  jobOf(env, "1");
  newJobId(env);
  batchOf(env, "1");
  namedBatchOf(env, "batch");
  providerHealthOf(env, "runware");
  return reached;
}

const functions = {
  authenticate: (env: Env, authorization: string | null, scope: Scope = "read") =>
    authenticate(env, new Headers(authorization === null ? {} : { authorization }), scope),
  signedPath,
  verifySigned,
  forgetSecrets,
  comparisons: () => comparisons,
  located,
  /** How many accounts were called that were not in memory. */
  woken: () => woken,
};

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    breakBy = request.headers.get("x-test-break") ?? "";
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
