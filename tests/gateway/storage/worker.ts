// The gateway, and a way into what its objects store: `POST /test/{binding}/{name or id}/{method}` with the arguments as
// a list; `/test/scheduled` runs the Cron Trigger as if so many milliseconds later, `/test/woken` counts the jobs that were
// started, `/test/bucket` lists R2, `/test/drop` deletes a file, `/test/media` lets Media Transformations return that text
// for every frame.
import gateway, {
  Account as RealAccount,
  Batch as RealBatch,
  Job as RealJob,
  JobIndex as RealIndex,
  ProviderHealth as RealHealth,
  Registry as RealRegistry,
} from "../../../worker/src/index.js";
import type { Env } from "../../../worker/src/env.js";

/** All that an object stores. */
interface Dump {
  kv: [string, unknown][];
  tables: { sql: string; name: string; rows: Record<string, SqlStorageValue>[] }[];
}

function dump({ kv, sql }: DurableObjectStorage): Dump {
  const query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB '_cf_*' ORDER BY type DESC, name";
  const tables = sql.exec<{ name: string; sql: string }>(query).toArray();
  const rowsOf = (table: (typeof tables)[number]) =>
    table.sql.startsWith("CREATE TABLE") ? sql.exec(`SELECT * FROM "${table.name}"`).toArray() : [];
  return { kv: [...kv.list()], tables: tables.map((table) => ({ ...table, rows: rowsOf(table) })) };
}

function restore({ kv, sql }: DurableObjectStorage, { kv: entries, tables }: Dump): void {
  for (const [key, value] of entries) kv.put(key, value);
  for (const table of tables) {
    // The registry creates its tables before it is asked anything.
    sql.exec(table.sql.replace(/^CREATE (TABLE|INDEX) /, "CREATE $1 IF NOT EXISTS "));
    for (const row of table.rows) {
      const marks = Object.keys(row).map(() => "?");
      sql.exec(`INSERT INTO "${table.name}" VALUES (${marks.join(", ")})`, ...Object.values(row));
    }
  }
}

/** The same class with a way into its storage. After `evict` the next call reads it anew. */
const opened = <T extends new (ctx: DurableObjectState, env: Env) => object>(base: T) =>
  class extends (base as new (ctx: DurableObjectState, env: Env) => object) {
    readonly storage: DurableObjectStorage;
    readonly object: DurableObjectState;
    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.storage = ctx.storage;
      this.object = ctx;
    }
    async dump(): Promise<Dump> {
      return dump(this.storage);
    }
    async restore(dumped: Dump): Promise<void> {
      restore(this.storage, dumped);
    }
    async setVersion(version: number): Promise<void> {
      this.storage.kv.put("schema", version);
    }
    async evict(): Promise<void> {
      await this.storage.sync();
      this.object.abort("Evicted by a test.");
    }
    async sql(query: string, ...values: string[]): Promise<unknown> {
      return this.storage.sql.exec(query, ...values).toArray();
    }
    async forgetAlarm(): Promise<void> {
      await this.storage.deleteAlarm();
    }
    async alarmAt(): Promise<number | null> {
      return this.storage.getAlarm();
    }
  };

let woken = 0;
let frame: string | undefined;
const MEDIA = {
  input: () => ({ transform: () => ({ output: () => ({ media: async () => new Response(Uint8Array.from(frame ?? "", (c) => c.charCodeAt(0))).body }) }) }),
};

class CountedJob extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, ...(frame !== undefined && { MEDIA: MEDIA as unknown as MediaBinding }) });
    woken += 1;
  }
}

export const Account = opened(RealAccount);
export const Batch = opened(RealBatch);
export const Job = opened(CountedJob);
export const JobIndex = opened(RealIndex);
export const ProviderHealth = opened(RealHealth);
export const Registry = opened(RealRegistry);

type Call = (...args: unknown[]) => Promise<unknown>;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const [, test, binding = "", name = "", method = ""] = new URL(request.url).pathname.split("/");
    if (test !== "test") return gateway.fetch(request, env, context);
    const args = JSON.parse((await request.text()) || "[]") as unknown[];
    if (binding === "scheduled") {
      await gateway.scheduled({ scheduledTime: Date.now() + Number(args[0] ?? 0) } as ScheduledController, env);
      return Response.json(null);
    }
    if (binding === "woken") return Response.json(woken);
    if (binding === "media") return Response.json((frame = args[0] as string));
    if (binding === "drop") return Response.json((await env.VIDEO_BUCKET.delete(args[0] as string)) ?? null);
    if (binding === "bucket") {
      const { objects } = await env.VIDEO_BUCKET.list();
      return Response.json(objects.map(({ key }) => key));
    }
    const namespace = env[binding as "JOBS"];
    const id = binding === "JOBS" || binding === "BATCHES" ? namespace.idFromString(name) : namespace.idFromName(name);
    const stub = namespace.get(id) as unknown as Record<string, Call>;
    try {
      return Response.json((await stub[method]!(...args)) ?? null);
    } catch (error) {
      return Response.json({ thrown: String(error) });
    }
  },
  scheduled: gateway.scheduled,
} satisfies ExportedHandler<Env>;
