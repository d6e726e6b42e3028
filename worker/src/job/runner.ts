// What the steps of a job share: its state, its dependencies, and the consequences of a new status.
import { backoffMs, isFinal, withJitter } from "filmgate/gateway-server";
import type { Filmgate, Issue, JobStatus, Video } from "filmgate";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import type { JobEvent, LogFields } from "../log.js";
import { count } from "../metrics.js";
import { publicUrl, trustedOrigins } from "../public-fetch.js";
import type { Billing, JobOffer, JobSpec } from "../types.js";
import { billingOf, microUsdOf } from "./billing.js";
import type { EventStream } from "./event-stream.js";
import { webhookEventFor } from "./outgoing-webhook.js";
import type { State, StepName } from "./state.js";
import { viewOf } from "./view.js";

const BACKOFF = { initialMs: 1_000, maxMs: 60_000 };

/** Returns when it is next due. */
export type Step = (runner: JobRunner, signal: AbortSignal) => Promise<number | undefined>;

export interface JobDeps {
  readonly env: Env;
  /** The job's id in hex. */
  readonly jobId: string;
  readonly client: Filmgate;
  /** Of a new job. */
  readonly offers: JobOffer[] | undefined;
  readonly events: EventStream;
  /** The state has changed: it is stored before anything else happens. */
  readonly save: () => void;
  /** What clients see of it may have changed. */
  readonly outdate: () => void;
}

/** The status with the warnings about what the client sent: the webhook is the gateway's own. */
function withWarnings(snapshot: JobStatus, all: Issue[]): JobStatus {
  const warnings = all.filter(({ path }) => path !== "webhookUrl");
  const { outcome } = snapshot;
  return { ...snapshot, warnings, ...(outcome && { outcome: { ...outcome, warnings } }) };
}

/**
 * An admin's billing stays, unless what was reported as free is charged after all. An assumption stays until the provider
 * says what it was.
 */
function mayReplace({ billing, isManuallyReconciled, isAssumed }: State, next: Billing): boolean {
  if (isAssumed) return next.kind !== "pending";
  return !isManuallyReconciled || (next.kind === "charged" && billing?.kind === "not_charged");
}

/** Without URLs that a client must not open: not http(s), or private. */
function withPublicUrls(snapshot: JobStatus, env: Env): JobStatus {
  const { outcome } = snapshot;
  if (!outcome) return snapshot;
  const trusted = trustedOrigins(env);
  const isUnsafe = ({ url }: Video) => url !== undefined && !publicUrl(url, trusted);
  const withoutUrl = ({ url: _, ...video }: Video): Video => video;
  const videos = outcome.videos.map((video) => (isUnsafe(video) ? withoutUrl(video) : video));
  return { ...snapshot, outcome: { ...outcome, videos } };
}

export class JobRunner {
  readonly env: Env;
  readonly jobId: string;
  readonly client: Filmgate;
  readonly spec: JobSpec;
  readonly state: State;
  /** What the quote of a new job has found, for its first submit: later the catalog may be another one. */
  offers: JobOffer[] | undefined;
  #running: { step: StepName; stop: AbortController } | undefined;
  /** When the running step is to run again: it was scheduled meanwhile. */
  #again: number | undefined;
  readonly #events: EventStream;
  readonly #save: () => void;
  readonly #outdate: () => void;

  constructor(spec: JobSpec, state: State, deps: JobDeps) {
    ({ env: this.env, jobId: this.jobId, client: this.client, offers: this.offers } = deps);
    this.spec = spec;
    this.state = state;
    this.#events = deps.events;
    this.#save = deps.save;
    this.#outdate = deps.outdate;
  }

  isDue(step: StepName): boolean {
    return (this.state.due[step] ?? Infinity) <= Date.now();
  }

  /** Schedules a step, unless it is due earlier anyway. */
  schedule(step: StepName, at = Date.now()): void {
    if (step === this.#running?.step) this.#again = Math.min(this.#again ?? at, at);
    else this.state.due[step] = Math.min(this.state.due[step] ?? at, at);
  }

  /** Schedules the deletion of images that a retry has stored again after the end; returns whether there are any. */
  scheduleCleanup({ uploads }: JobSpec): boolean {
    if (this.state.endedAt === undefined || uploads.length === 0) return false;
    this.schedule("cleanup");
    this.#save();
    return true;
  }

  /** Runs a step. It stays due until it has ended, so that it runs again after a crash. */
  async run(step: StepName, work: Step): Promise<void> {
    const { due, failed } = this.state;
    const stop = new AbortController();
    this.#running = { step, stop };
    let next: number | undefined;
    try {
      next = await work(this, stop.signal);
      delete failed[step];
    } catch (error) {
      const tries = (failed[step] ?? 0) + 1;
      failed[step] = tries;
      next = Date.now() + withJitter(backoffMs(tries + 1, BACKOFF));
      this.log("error", { step, code: errorCode(error), tries });
    }
    const times = [next, this.#again].filter((at) => at !== undefined);
    this.#running = this.#again = undefined;
    if (times.length > 0) due[step] = Math.min(...times);
    else delete due[step];
    // The end becomes visible once its billing is recorded.
    if (step === "reconcile") this.refreshView();
    this.#save();
  }

  /** Aborts that step if it is running. */
  interrupt(step: StepName): void {
    if (this.#running?.step === step) this.#running.stop.abort();
  }

  /** Applies a new status, and schedules what follows from it. The step, or the cancel, that it ends saves it. */
  apply(snapshot: JobStatus): void {
    const { state, spec } = this;
    const now = Date.now();
    state.snapshot = withWarnings(withPublicUrls(snapshot, this.env), snapshot.warnings ?? state.snapshot.warnings ?? []);
    if (snapshot.status === "submission_unknown") state.unknownSince ??= now;
    else delete state.isReconcileOver;
    const billing = billingOf(snapshot, spec.reservedMicroUsd, state.billing);
    if (billing && mayReplace(state, billing)) this.#setBilling(billing);
    if (snapshot.outcome && !state.isDeleted) {
      state.videos = snapshot.outcome.videos.map((_, at) => state.videos[at] ?? { tries: 0 });
      this.schedule("archive");
    }
    this.refreshView();
  }

  #setBilling(billing: Billing): void {
    const { state } = this;
    const hasChanged = JSON.stringify(billing) !== JSON.stringify(state.billing);
    state.billing = billing;
    delete state.isAssumed;
    if (hasChanged) this.schedule("reconcile");
    if (hasChanged && billing.kind === "pending") this.schedule("estimate");
  }

  /** Emits an event if the view has changed, and schedules what follows from its end. It is saved with its step. */
  refreshView(): void {
    const { state, spec } = this;
    this.#outdate();
    if (state.isDeleted) return;
    const now = Date.now();
    const { status, progress, etaMs, error } = viewOf(state);
    const isOver = isFinal(status);
    if (status !== state.lastUpdate?.status || progress !== state.lastUpdate?.progress) {
      const update = { status, ...(progress !== undefined && { progress }) };
      state.lastUpdate = update;
      this.#events.add({
        event: "update",
        data: { ...update, ...(etaMs !== undefined && { etaMs }) },
      });
    }
    if (isOver && state.endedAt === undefined) {
      state.endedAt = now;
      state.webhookEvent = webhookEventFor(status === "completed", now);
      this.schedule("notify");
      if (spec.uploads.length > 0) this.schedule("cleanup");
      this.#events.add({ event: "end" });
      const charge = (state.snapshot.outcome ?? error)?.charge;
      this.log("ended", {
        status,
        ms: now - spec.createdAt,
        microUsd: microUsdOf(state.billing),
        ...(charge && { charge }),
        ...(error && { code: error.code }),
      });
    } else if (!isOver && state.endedAt !== undefined) {
      // A webhook has recovered it.
      delete state.endedAt;
      delete state.webhookEvent;
      delete state.due.notify;
      delete state.due.cleanup;
    }
  }

  log(event: JobEvent, fields: LogFields = {}): void {
    const { provider, model } = this.state.snapshot.handle;
    const { owner: account, keyId: key } = this.spec;
    const all = { job: this.jobId, account, key, provider, model, ...fields };
    log(event, all);
    count(this.env, event, all);
  }
}
