// The gateway, and a way to call its objects directly: `POST /test/{binding}/{name or id}/{method}` with the
// arguments as a list; `/test/VIDEO_BUCKET` lists R2, `/test/archive` archives a URL, `/test/put` creates a file;
// after `/test/slow` the account and the list take that many milliseconds for each request of a job,
// after `/test/unsigned` that many signatures fail; `/test/questions` lists when a provider was asked about which task.
import gateway, {
  Account as RealAccount,
  Job as RealJob,
  JobIndex as RealIndex,
  Batch,
  ProviderHealth,
  Registry,
} from "../../../worker/src/index.js";
import { createFilmgate } from "filmgate";
import { archiveVideo } from "../../../worker/src/job/archive.js";
import { R2Sink } from "../../../worker/src/job/r2-sink.js";
import type { Env } from "../../../worker/src/env.js";
import type { StreamEvent } from "../../../worker/src/job/event-stream.js";
import type { JobSummary, JobSpec, Billing, Owner } from "../../../worker/src/types.js";

export { Batch, ProviderHealth, Registry };

let slowMs = 0;
const slowly = () => new Promise((resolve) => setTimeout(resolve, slowMs));

/** That many signatures fail. */
let unsigned = 0;
const sign = crypto.subtle.sign.bind(crypto.subtle);
crypto.subtle.sign = async (...args) => {
  if (unsigned-- > 0) throw new Error("The engine broke.");
  return sign(...args);
};

/** Each question for Runware's answer to a task, when it was sent. */
const questions: { id: string; at: number }[] = [];
const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  if (!(input instanceof Request) || !new URL(input.url).pathname.startsWith("/runware")) return send(input, init);
  const at = Date.now();
  const tasks = JSON.parse(await input.clone().text()) as { taskType: string; taskUUID: string }[];
  for (const { taskType, taskUUID } of tasks) {
    if (taskType === "getResponse") questions.push({ id: taskUUID, at });
  }
  return send(input, init);
};

export class Account extends RealAccount {
  override async recordBilling(jobId: string, billing: Billing) {
    await slowly();
    return super.recordBilling(jobId, billing);
  }
}

export class JobIndex extends RealIndex {
  override async put(summary: JobSummary) {
    await slowly();
    return super.put(summary);
  }
}

let later = 0;
const clock = Date.now;
Date.now = () => clock() + later;

/** The speed of timers that are set now. */
let pace = 1;
for (const name of ["setTimeout", "setInterval"] as const) {
  const plan = globalThis[name] as (work: () => void, ms?: number) => number;
  Object.assign(globalThis, { [name]: (work: () => void, ms = 0) => plan(work, ms / pace) });
}

export class Job extends RealJob {
  /** What the engine does after that time. */
  async wake(ms: number): Promise<void> {
    later += ms;
    await this.alarm();
  }

  /** Creates the job without an alarm. */
  async createAsleep(spec: JobSpec): Promise<unknown> {
    const answer = this.create(spec);
    await this.ctx.storage.deleteAlarm();
    return answer;
  }

  /** The events, a thousand times as fast. */
  async eventsInHaste(owner: Owner): Promise<unknown> {
    pace = 1000;
    const stream = await this.events(owner);
    pace = 1;
    return stream;
  }

  /**
   * Calls that method after a killed engine has forgotten the alarm, and so much time has gone by; it may forget
   * the alarm that is set then as well.
   */
  async forgotten(ms: number, method: "read" | "abandon", owner: Owner, again = false): Promise<unknown> {
    const { storage } = this.ctx;
    await storage.deleteAlarm();
    later += ms;
    const answer = this[method](owner);
    later -= ms;
    const at = await storage.getAlarm();
    if (again) await storage.deleteAlarm();
    else if (at !== null) await storage.setAlarm(at - ms);
    return answer;
  }

  /** The package's record of the job. */
  async record(): Promise<unknown> {
    const text = this.ctx.storage.kv.get<string>("record/0000");
    return text && (JSON.parse(text) as { record: unknown }).record;
  }

  /** The statuses of its events, in order. */
  async seen(): Promise<unknown[]> {
    const kept = [...this.ctx.storage.kv.list<StreamEvent>({ prefix: "event/" })];
    return kept.map(([, told]) => (told.event === "update" ? told.data.status : told.event));
  }

  /** Whether anything of it is stored. */
  async exists(): Promise<boolean> {
    return [...this.ctx.storage.kv.list()].length > 0;
  }

  async wakesAt(): Promise<number | null> {
    return this.ctx.storage.getAlarm();
  }
}

/** Archives a URL, as a job does. */
async function kept(env: Env, url: string): Promise<Response> {
  try {
    const { signal } = new AbortController();
    return Response.json(await archiveVideo(env, { url }, "videos/test/0", 0, signal));
  } catch (error) {
    return new Response(String(error), { status: 502 });
  }
}

/** Reads a URL into a file of at most that many bytes; returns why that fails. */
async function sunk(env: Env, url: string, maxBytes: number): Promise<string> {
  const sink = new R2Sink(env.VIDEO_BUCKET, () => ({ key: "videos/test/0.mp4", type: "video/mp4" }), { maxBytes });
  try {
    await createFilmgate({ allowPrivateHosts: true }).download({ url }, sink);
    return "all of it";
  } catch (error) {
    return String(error);
  }
}

type Call = (...args: unknown[]) => Promise<unknown>;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const [, test, binding = "", name = "", method = ""] = new URL(request.url).pathname.split("/");
    if (test !== "test") return gateway.fetch(request, env, context);
    // Always read: the engine closes a connection with an unread body.
    const body = await request.text();
    if (binding === "archive") return kept(env, body);
    if (binding === "sink") {
      const [url, maxBytes] = JSON.parse(body) as [string, number];
      return Response.json(await sunk(env, url, maxBytes));
    }
    if (binding === "unsigned") return Response.json((unsigned = Number(body)));
    if (binding === "slow") return Response.json((slowMs = Number(body)));
    if (binding === "questions") return Response.json(questions);
    if (binding === "put") return Response.json(await env.VIDEO_BUCKET.put(body, "a file"));
    if (binding === "VIDEO_BUCKET") {
      const { objects } = await env.VIDEO_BUCKET.list();
      return Response.json(objects.map(({ key, size }) => ({ key, size })));
    }
    const namespace = env[binding as "JOBS"] as DurableObjectNamespace;
    if (name === "new") return Response.json(namespace.newUniqueId().toString());
    const id = binding === "JOBS" ? namespace.idFromString(name) : namespace.idFromName(name);
    const stub = namespace.get(id) as unknown as Record<string, Call>;
    const answer = await stub[method]!(...(JSON.parse(body) as unknown[]));
    return answer instanceof Response ? answer : Response.json(answer ?? null);
  },
} satisfies ExportedHandler<Env>;
