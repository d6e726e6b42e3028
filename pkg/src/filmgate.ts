import { call } from "./core.js";
import { connect } from "./connection.js";
import type { Connection } from "./connection.js";
import { withImagesInline } from "./bytes.js";
import { download } from "./download.js";
import { FilmgateError } from "./error.js";
import type { ErrorFacts } from "./error.js";
import { RunningJob } from "./job.js";
import type { Stage } from "./job.js";
import { memoryStore } from "./memory-store.js";
import type {
  CheckResult,
  ErrorCode,
  Filmgate,
  FilmgateOptions,
  Handle,
  Job,
  Model,
  Outcome,
  PromptParts,
  ProviderId,
  Quote,
  StoredJob,
  SubmitOptions,
  VideoRequest,
  WebhookNotice,
} from "./types.js";
import type { RefusalFacts, Settings, Step } from "./wire.js";

type ResumeOptions = NonNullable<Parameters<Filmgate["resume"]>[1]>;

const PROVIDERS: ProviderId[] = ["runpod", "runware"];

// A submit that ended so has certainly made no job, and may be tried at the next provider.
const REJECTIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "rejected",
  "content_refused",
  "unauthorized",
  "insufficient_credits",
  "rate_limited",
  "model_unavailable",
  "network",
  "missing_key",
]);

/** Makes a client. Nothing is loaded or sent before its first call. */
export function createFilmgate(options: FilmgateOptions = {}): Filmgate {
  return new Client(options);
}

/** Puts the parts of a prompt together as RunPod advises: Action, Ambient Sound, Character Dialogue. */
export function composePrompt(parts: PromptParts): string {
  const { action, ambientSound = "", characterDialogue = "" } = parts;
  return call((core) => core.composePrompt(action, ambientSound, characterDialogue));
}

class Client implements Filmgate {
  readonly #options: FilmgateOptions;
  readonly #store;
  readonly #connections = new Map<ProviderId, Connection>();
  /** The jobs that run here, by key, so that one is never run twice. */
  readonly #running = new Map<string, RunningJob>();

  constructor(options: FilmgateOptions) {
    this.#options = options;
    this.#store = options.store ?? memoryStore();
  }

  models(): Model[] {
    return call((core) => core.models()) as Model[];
  }

  check(request: VideoRequest): CheckResult {
    const whole = withImagesInline(request);
    return call((core) => core.check(whole, this.#settings())) as CheckResult;
  }

  quote(request: VideoRequest): Quote[] {
    const whole = withImagesInline(request);
    return call((core) => core.quote(whole, this.#settings())) as Quote[];
  }

  async submit(request: VideoRequest, options: SubmitOptions = {}): Promise<Job> {
    options.signal?.throwIfAborted();
    const steps = this.#begin(request, options);
    for (const [at, step] of steps.entries()) {
      const { handle } = step.state;
      const job = this.#run(handle, { isNew: true, open: () => step, signal: options.signal });
      await job.submitted;
      const last = at === steps.length - 1;
      const error = await refusal(job);
      if (!error) return job;
      if (last || error.charge !== "none" || !REJECTIONS.has(error.code)) throw error;
      try {
        await this.#store.delete(handle.key);
      } catch {
        // A record that stays tells of a refusal that cost nothing.
      }
    }
    throw new FilmgateError({ code: "internal", message: "There was no order to submit." });
  }

  async generate(
    request: VideoRequest,
    options: SubmitOptions & { onUpdate?: (update: import("./types.js").Update) => void } = {},
  ): Promise<Outcome> {
    const job = await this.submit(request, options);
    if (options.onUpdate) {
      for await (const update of job) options.onUpdate(update);
    }
    return job.result();
  }

  resume(handle: Handle, options: ResumeOptions = {}): Job {
    // A handle can come from anyone, and be anything.
    const asked = Object(handle) as Handle;
    const known = this.#running.get(asked.key);
    if (known) return known;
    const { signal } = options;
    return this.#run(asked, { isNew: false, signal, open: () => this.#reopen(asked, options) });
  }

  async #reopen(handle: Handle, { timeoutMs, jobId }: ResumeOptions): Promise<Step> {
    const key: unknown = handle.key;
    const entry = typeof key === "string" ? await this.#store.get(key) : undefined;
    const record = entry?.record ?? handle;
    const settings = this.#settings(timeoutMs);
    const step = call((core) => core.resume(record, entry?.revision ?? 0, settings, Date.now()));
    if (!step) {
      throw new FilmgateError({
        code: "unknown_job",
        message: "This is no handle of filmgate's, so no job can be found by it.",
      });
    }
    if (jobId === undefined) return step as Step;
    const input = { type: "job_id", jobId };
    return call((core) => core.advance((step as Step).state, Date.now(), input)) as Step;
  }

  async pending(): Promise<StoredJob[]> {
    const ends = new Set(["completed", "failed", "cancelled", "expired", "submission_unknown"]);
    return (await this.jobs()).filter((job) => !ends.has(job.status));
  }

  async jobs(): Promise<StoredJob[]> {
    const entries = await this.#store.list();
    const jobs = entries.map(
      ({ record }) => call((core) => core.describe(record)) as StoredJob | undefined,
    );
    const known = jobs.filter((job) => job !== undefined);
    return known.sort((a, b) => b.handle.createdAt - a.handle.createdAt);
  }

  async forget(handle: Handle): Promise<void> {
    await this.#store.delete(handle.key);
  }

  download: Filmgate["download"] = (video, sink, options) =>
    download(this.#options.fetch ?? globalThis.fetch, video, sink, options);

  readWebhook(provider: ProviderId, body: unknown): WebhookNotice | undefined {
    return call((core) => core.readWebhook(provider, body)) as WebhookNotice | undefined;
  }

  #settings(timeoutMs?: number): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs };
  }

  #connection(provider: ProviderId): Connection {
    const known = this.#connections.get(provider);
    if (known) return known;
    const connection = connect(provider, this.#options);
    this.#connections.set(provider, connection);
    return connection;
  }

  #begin(request: VideoRequest, options: SubmitOptions): Step[] {
    const { provider, maxCostUsd, allowUnknownCost } = options;
    const keyed = PROVIDERS.filter((id) => this.#connection(id).ready);
    const wishes = { provider, maxCostUsd, allowUnknownCost, keyed };
    const settings = this.#settings(options.timeoutMs);
    const whole = withImagesInline(request);
    const begun = call((core) => core.begin(whole, wishes, settings, Date.now(), randomUUID)) as
      Step[] | { refusal: RefusalFacts };
    if (Array.isArray(begun)) return begun;
    throw new FilmgateError({ ...begun.refusal, charge: "none" } satisfies ErrorFacts);
  }

  #run(handle: Handle, how: Pick<Stage, "isNew" | "open" | "signal">): RunningJob {
    const stage = {
      ...how,
      store: this.#store,
      connection: (provider: ProviderId) => this.#connection(provider),
    };
    const again = (known: Handle): Job => {
      const open = () => this.#reopen(known, {});
      return new RunningJob(known, { ...stage, isNew: false, open, signal: undefined });
    };
    const job = new RunningJob(handle, { ...stage, again });
    this.#running.set(handle.key, job);
    const forget = () =>
      void (this.#running.get(handle.key) === job && this.#running.delete(handle.key));
    job.result().then(forget, forget);
    return job;
  }
}

/** Why a job came to nothing before the provider had accepted it; whatever else was thrown goes on as it is. */
async function refusal(job: RunningJob): Promise<FilmgateError | undefined> {
  if (job.handle.acceptedAt !== undefined) return undefined;
  try {
    await job.result();
    return undefined;
  } catch (error) {
    if (error instanceof FilmgateError) return error;
    throw error;
  }
}

/** A UUID of version 4, also where a page has no secure context and so no `randomUUID`. */
function randomUUID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, at) => {
    const marked = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, "0");
  });
  const part = (from: number, to: number) => hex.slice(from, to).join("");
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join("-");
}
