import { following } from "./abort.js";
import { Asked, tooLate } from "./asked.js";
import { call } from "./core.js";
import { Connection } from "./connection.js";
import { withImagesInline } from "./bytes.js";
import { CallerRows } from "./catalogue.js";
import { download } from "./download.js";
import { FilmgateError } from "./error.js";
import type { ErrorFacts } from "./error.js";
import { withJobId } from "./job-id.js";
import { RunningJob } from "./job.js";
import type { Stage } from "./job.js";
import { memoryStore } from "./memory-store.js";
import { RunTimes } from "./run-times.js";
import { Turns } from "./turns.js";
import { isUuid, randomUUID } from "./uuid.js";
import { addressFor, bodyOf, vouchedFor } from "./webhook.js";
import type {
  CheckResult,
  ErrorCode,
  Filmgate,
  FilmgateOptions,
  GenerateOptions,
  Handle,
  Job,
  JobRecord,
  JobStatus,
  Model,
  Outcome,
  PromptParts,
  ProviderId,
  Quote,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  VideoRequest,
  WebhookCall,
  WebhookNotice,
} from "./types.js";
import { LONGEST_WAIT_MS } from "./wire.js";
import type { RefusalFacts, Settings, Step } from "./wire.js";

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

/** The time limit of one request, as the core has it. */
const REQUEST_MS = 30_000;

// These are about the provider, whichever of its listings is asked.
const OF_ALL_LISTINGS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthorized",
  "insufficient_credits",
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
  readonly #rows: CallerRows | undefined;
  readonly #connections = new Map<ProviderId, Connection>();
  /** The jobs that run here, by key, so that one is never run twice. */
  readonly #running = new Map<string, RunningJob>();
  readonly #runTimes = new RunTimes();
  readonly #turns = new Turns();

  constructor(options: FilmgateOptions) {
    this.#options = options;
    this.#store = options.store ?? memoryStore();
    const { catalogue } = options;
    this.#rows = catalogue == null ? undefined : new CallerRows(catalogue);
  }

  models(): Model[] {
    const settings = this.#market();
    return call((core) => core.models(settings)) as Model[];
  }

  check(request: VideoRequest): CheckResult {
    const [whole, settings] = [withImagesInline(request), this.#market()];
    return call((core) => core.check(whole, settings)) as CheckResult;
  }

  quote(request: VideoRequest): Quote[] {
    const [whole, settings] = [withImagesInline(request), this.#market()];
    return call((core) => core.quote(whole, settings)) as Quote[];
  }

  async submit(request: VideoRequest, options: SubmitOptions = {}): Promise<Job> {
    const { key, signal, timeoutMs } = options;
    const job = await this.#unlessKnown(key, () => this.#submit(request, options));
    if (job instanceof RunningJob) return job;
    const limits = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
    return this.resume(job, limits);
  }

  start(request: VideoRequest, options: SubmitOptions = {}): Promise<Handle> {
    return this.#unlessKnown(options.key, () => this.#start(request, options));
  }

  async #start(request: VideoRequest, options: SubmitOptions): Promise<Handle> {
    const { controller: leave, unlisten } = following(options.signal);
    try {
      const job = await this.#submit(request, { ...options, signal: leave.signal });
      leave.abort();
      // A runtime that ends now must not take with it what is being stored.
      await job.over;
      return job.handle;
    } finally {
      unlisten();
    }
  }

  async #submit(request: VideoRequest, options: SubmitOptions): Promise<RunningJob> {
    options.signal?.throwIfAborted();
    const whole = withImagesInline(request);
    let left = this.#begin(whole, options);
    while (left[0]) {
      const [begun, ...others] = left;
      const step = await this.#withWebhook(begun, whole, options);
      const { handle } = step.state;
      const job = this.#run(handle, { begun: step, open: () => step, signal: options.signal });
      await job.submitted;
      const error = await refusal(job);
      if (!error) return job;
      const { code, charge } = error;
      const isElsewhere = ({ state }: Step) => state.handle.provider !== handle.provider;
      left = OF_ALL_LISTINGS.has(code) ? others.filter(isElsewhere) : others;
      const isLast = !left[0] || Date.now() >= left[0].state.giveUpAt;
      if (isLast || charge !== "none" || !REJECTIONS.has(code)) throw error;
      try {
        await this.#store.delete(handle.key);
      } catch {
        // A record that stays tells of a refusal that cost nothing.
      }
    }
    throw new FilmgateError({ code: "internal", message: "There was no order to submit." });
  }

  async generate(request: VideoRequest, options: GenerateOptions = {}): Promise<Outcome> {
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
    return this.#run(asked, { signal, open: () => this.#reopen(asked, options) });
  }

  async status(handle: Handle, options: ResumeOptions = {}): Promise<JobStatus> {
    const asked = Object(handle) as Handle;
    const running = this.#running.get(asked.key);
    if (running) return running.status();
    const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs ?? REQUEST_MS;
    const { controller: late, unlisten } = following(options.signal);
    // The job may be running elsewhere, and its lease be held for as long.
    const timer = setTimeout(
      () => late.abort(tooLate(asked)),
      Math.min(timeoutMs, LONGEST_WAIT_MS),
    );
    const open = () => this.#reopen(asked, { ...options, timeoutMs });
    const how = { open, signal: late.signal, once: true };
    const job = new RunningJob(asked, { ...this.#surroundings(), ...how });
    try {
      const error = await job.result().then(noError, (thrown: unknown) => thrown);
      await job.over;
      if (error === undefined || error instanceof Asked || isEnd(job)) return job.status();
      throw error;
    } finally {
      clearTimeout(timer);
      unlisten();
    }
  }

  /** Submits, unless there is a job of that key, or comes to be one meanwhile. */
  async #unlessKnown<T>(key: string | undefined, submit: () => Promise<T>): Promise<T | Handle> {
    if (key === undefined) return submit();
    if (!isUuid(key)) throw new TypeError("A `key` is a UUID of version 4, in lower case.");
    return this.#turns.take(key, async () => {
      const known = await this.#known(key);
      if (known) return known;
      try {
        return await submit();
      } catch (error) {
        // A store that did not fail but refused has another client's record by now.
        const isRefused =
          error instanceof FilmgateError && error.code === "store_failed" && error.cause == null;
        const first = isRefused ? await this.#known(key) : undefined;
        if (first) return first;
        throw error;
      }
    });
  }

  /** The job of that key, unless it came to nothing before any provider had it. */
  async #known(key: string): Promise<Handle | undefined> {
    const running = this.#running.get(key);
    if (running) return running.handle;
    const entry = await this.#store.get(key);
    if (!entry || !cameToNothing(entry.record)) return entry?.record.handle;
    // Whoever submits under this key holds its lease: what is dropped here is nobody's.
    return this.#store.lease(key, async () => {
      const now = await this.#store.get(key);
      if (!now || !cameToNothing(now.record)) return now?.record.handle;
      await this.#store.delete(key);
      return undefined;
    });
  }

  async #reopen(handle: Handle, { timeoutMs, jobId }: ResumeOptions): Promise<Step> {
    const key: unknown = handle.key;
    const entry = typeof key === "string" ? await this.#store.get(key) : undefined;
    const record = entry?.record ?? handle;
    const settings = this.#settings(timeoutMs);
    const resumed = call((core) => core.resume(record, entry?.revision ?? 0, settings, Date.now()));
    if (!resumed) {
      throw new FilmgateError({
        code: "unknown_job",
        message: "This is no handle of filmgate's, so no job can be found by it.",
      });
    }
    const step = resumed as Step;
    // A process that ended between the provider's answer and its record leaves a handle that knows more.
    const isBehind = entry !== undefined && entry.record.handle.jobId === undefined;
    const told = jobId ?? (isBehind ? handle.jobId : undefined);
    return told === undefined ? step : withJobId(step, told);
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

  async readWebhook(provider: ProviderId, received: WebhookCall): Promise<WebhookNotice> {
    const { url, body, secret } = received;
    const key = await vouchedFor(provider, url, secret);
    const raw = bodyOf(body);
    const notice = call((core) => core.readWebhook(provider, raw)) as
      Omit<WebhookNotice, "key" | "raw"> | undefined;
    // Runware calls a job by our own key.
    const isOthers = provider === "runware" && notice?.jobId !== key.toLowerCase();
    if (notice && !isOthers) return { ...notice, key, raw };
    throw new FilmgateError({
      code: "bad_answer",
      message: "The webhook's address is right, but its body does not tell of the same job.",
      provider,
    });
  }

  async hear(notice: WebhookNotice): Promise<Job> {
    const { provider, key, jobId, raw } = notice;
    const entry = this.#running.has(key) ? undefined : await this.#store.get(key);
    const running = this.#running.get(key);
    const handle = running?.handle ?? entry?.record.handle;
    if (handle?.provider !== provider) {
      throw new FilmgateError({
        code: "unknown_job",
        message: "The webhook is about a job that is not in the store.",
        provider,
      });
    }
    if (!running) return this.resume(handle, handle.jobId === undefined ? { jobId } : {});
    running.hint(raw);
    return running;
  }

  #settings(timeoutMs?: number): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs, ranMs: this.#runTimes.toJSON() };
  }

  /** The settings, and the rows of the caller's where they are sound. */
  #market(timeoutMs?: number): Settings {
    return { ...this.#settings(timeoutMs), catalogue: this.#rows?.sound() };
  }

  #connection(provider: ProviderId): Connection {
    const known = this.#connections.get(provider);
    if (known) return known;
    const connection = new Connection(provider, this.#options);
    this.#connections.set(provider, connection);
    return connection;
  }

  /** The jobs to try. */
  #begin(request: VideoRequest, options: SubmitOptions): Step[] {
    const { webhook } = options;
    if (!webhook) return this.#plan(request, options);
    if (request.webhookUrl !== undefined) {
      throw new TypeError("Give either `webhookUrl` in the request or `webhook` in the options.");
    }
    return this.#plan({ ...request, webhookUrl: String(webhook.url) }, options);
  }

  /** The job begun once more where there is a webhook, now that its key, and so its address, is known. */
  async #withWebhook(begun: Step, request: VideoRequest, options: SubmitOptions): Promise<Step> {
    if (!options.webhook) return begun;
    const { handle, giveUpAt } = begun.state;
    const { provider, model, wireId, key } = handle;
    const webhookUrl = await addressFor(options.webhook, handle);
    const wishes = { ...options, provider, timeoutMs: giveUpAt - Date.now() };
    const again = this.#plan({ ...request, model, webhookUrl }, wishes, () => key);
    const same = again.find(({ state }) => state.handle.wireId === wireId);
    if (same) return same;
    throw new FilmgateError({
      code: "internal",
      message: "A webhook's address changed the order.",
    });
  }

  #plan(
    request: VideoRequest,
    options: SubmitOptions,
    uuid = () => options.key ?? randomUUID(),
  ): Step[] {
    const { provider, maxCostUsd, allowUnknownCost } = options;
    const keyed = PROVIDERS.filter((id) => this.#connection(id).ready);
    const wishes = { provider, maxCostUsd, allowUnknownCost, keyed };
    const settings = this.#market(options.timeoutMs);
    const begun = call((core) => core.begin(request, wishes, settings, Date.now(), uuid)) as
      Step[] | { refusal: RefusalFacts };
    if (Array.isArray(begun)) return begun;
    throw new FilmgateError({ ...begun.refusal, charge: "none" } satisfies ErrorFacts);
  }

  #surroundings(): Pick<Stage, "store" | "connection"> {
    return { store: this.#store, connection: (provider) => this.#connection(provider) };
  }

  #run(handle: Handle, how: Pick<Stage, "begun" | "open" | "signal">): RunningJob {
    const stage = { ...how, ...this.#surroundings() };
    const again = (known: Handle): Job => {
      const open = () => this.#reopen(known, {});
      return new RunningJob(known, { ...stage, begun: undefined, open, signal: undefined });
    };
    const job = new RunningJob(handle, { ...stage, again });
    this.#running.set(handle.key, job);
    const forget = () =>
      void (this.#running.get(handle.key) === job && this.#running.delete(handle.key));
    job.result().then(({ handle: { provider, wireId, n } }) => {
      forget();
      // How several at once relate to one is documented nowhere.
      if (job.ranMs !== undefined && n === 1) {
        this.#runTimes.note(`${provider}:${wireId}`, job.ranMs);
      }
    }, forget);
    return job;
  }
}

/** Whether the job ended before any provider had it, in a way that lets it be tried again. */
function cameToNothing(record: JobRecord): boolean {
  const job = call((core) => core.describe(record)) as StoredJob | undefined;
  return job?.error?.retryable === true && job.handle.acceptedAt === undefined;
}

function isEnd(job: RunningJob): boolean {
  return job.handle.endedAt !== undefined;
}

const noError = (): undefined => undefined;

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
