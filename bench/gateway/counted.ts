// The gateway, counting what Cloudflare bills: requests to the worker and its objects, their active time, the rows that
// they wrote, and R2 operations. `GET /counted` returns the counts.
import { app } from "../../worker/src/app.js";
import { Account, Batch, Job, JobIndex, ProviderHealth, Registry } from "../../worker/src/index.js";
import type { Env } from "../../worker/src/env.js";

export { Account, Batch, Job, JobIndex, ProviderHealth, Registry };

const counted = { requests: 0, objectCalls: 0, objectMs: 0, rowsWritten: 0, r2Writes: 0, r2Reads: 0 };
const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];

type Method = (this: object, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

/** Calls `before` whenever that method of an engine class is called. */
function whenever(instance: object, name: string, before: (result: unknown) => void): void {
  const prototype = Object.getPrototypeOf(instance) as Methods;
  const method = prototype[name];
  if (!method) throw new Error(`The engine has no ${name}.`);
  prototype[name] = function (...args) {
    const result = method.apply(this, args);
    before(result);
    return result;
  };
}

let isWatched = false;

function watch(storage: DurableObjectStorage): void {
  if (isWatched) return;
  isWatched = true;
  const oneRow = () => (counted.rowsWritten += 1);
  whenever(storage.sql, "exec", (cursor) => cursors.push(cursor as (typeof cursors)[number]));
  whenever(storage.kv, "put", oneRow);
  whenever(storage.kv, "delete", oneRow);
  whenever(storage, "setAlarm", oneRow);
}

/** The number of active requests of each object, and when it became active. */
const busy = new WeakMap<object, { calls: number; since: number }>();

async function timed(self: object, work: () => unknown): Promise<unknown> {
  watch((self as unknown as { ctx: DurableObjectState }).ctx.storage);
  counted.objectCalls += 1;
  const state = busy.get(self) ?? { calls: 0, since: 0 };
  busy.set(self, state);
  if (state.calls++ === 0) state.since = Date.now();
  try {
    return await work();
  } finally {
    if (--state.calls === 0) counted.objectMs += Date.now() - state.since;
  }
}

for (const { prototype } of [Account, Batch, Job, JobIndex, ProviderHealth, Registry]) {
  const methods = prototype as unknown as Methods;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = methods[name];
    if (name === "constructor" || typeof method !== "function") continue;
    methods[name] = function (...args) {
      return timed(this, () => method.apply(this, args));
    };
  }
}

let isBucketWatched = false;

function watchBucket(bucket: R2Bucket): void {
  if (isBucketWatched) return;
  isBucketWatched = true;
  whenever(bucket, "put", () => (counted.r2Writes += 1));
  whenever(bucket, "get", () => (counted.r2Reads += 1));
  whenever(bucket, "head", () => (counted.r2Reads += 1));
}

export default {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response> {
    watchBucket(env.VIDEO_BUCKET);
    if (new URL(request.url).pathname === "/counted") {
      for (const cursor of cursors.splice(0)) counted.rowsWritten += cursor.rowsWritten;
      return Response.json(counted);
    }
    counted.requests += 1;
    return app.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
