// What the steps of a job work on: its state, its surroundings, and what follows from news.
import type { Filmgate, JobStatus } from "filmgate";
import { count } from "../metrics.js";
import type { Env } from "../env.js";
import { log, tokenName } from "../log.js";
import type { Facts, JobEvent } from "../log.js";
import type { Order } from "../types.js";
import type { Events } from "./event-stream.js";
import { noticeOf } from "./outgoing-webhook.js";
import { microUsdOf, billingOf } from "./billing.js";
import type { State, StepName } from "./state.js";
import { isEnd } from "./state.js";
import { backOff, codeOf } from "./backoff.js";
import { viewOf } from "./view.js";

/** Answers with when it is next due. */
export type Step = (desk: Desk, signal: AbortSignal) => Promise<number | undefined>;

export interface Surroundings {
  readonly env: Env;
  /** The job's id in hex. */
  readonly jobId: string;
  readonly film: Filmgate;
  readonly events: Events;
  /** The state has changed: it is written down before anything else happens. */
  readonly changed: () => void;
}

export class Desk {
  readonly env: Env;
  readonly jobId: string;
  readonly film: Filmgate;
  readonly order: Order;
  readonly state: State;
  #running: { step: StepName; stop: AbortController } | undefined;
  /** When the step that runs now is to come once more: somebody has wished for it meanwhile. */
  #again: number | undefined;
  readonly #events: Events;
  readonly #changed: () => void;

  constructor(order: Order, state: State, surroundings: Surroundings) {
    ({ env: this.env, jobId: this.jobId, film: this.film } = surroundings);
    this.order = order;
    this.state = state;
    this.#events = surroundings.events;
    this.#changed = surroundings.changed;
  }

  isDue(step: StepName): boolean {
    return (this.state.due[step] ?? Infinity) <= Date.now();
  }

  /** Plans a step, unless it is to come sooner anyway. */
  plan(step: StepName, at = Date.now()): void {
    if (step === this.#running?.step) this.#again = Math.min(this.#again ?? at, at);
    else this.state.due[step] = Math.min(this.state.due[step] ?? at, at);
  }

  /** Plans to drop the pictures that an order repeated after the end has brought once more; whether there are any. */
  dropsAfterEnd({ uploads }: Order): boolean {
    if (this.state.endedAt === undefined || uploads.length === 0) return false;
    this.plan("cleanup");
    this.#changed();
    return true;
  }

  /** Runs a step. It stays due until it has ended, so that a crash finds it. */
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
      next = Date.now() + backOff(tries);
      this.say("error", { step, code: codeOf(error), tries });
    }
    const times = [next, this.#again].filter((at) => at !== undefined);
    this.#running = this.#again = undefined;
    if (times.length > 0) due[step] = Math.min(...times);
    else delete due[step];
    // An end is seen once its account knows it.
    if (step === "reconcile") this.settleView();
    else this.#changed();
  }

  /** Stops that step, if it is what runs now. */
  interrupt(step: StepName): void {
    if (this.#running?.step === step) this.#running.stop.abort();
  }

  /** Takes what is told of the job, and what follows from it. */
  take(told: JobStatus): void {
    const { state, order } = this;
    const now = Date.now();
    state.told = told;
    if (told.status === "submission_unknown") state.unknownSince ??= now;
    else delete state.isGivenUp;
    const billing = billingOf(told, order.reservedMicroUsd);
    // An admin's word stands, unless what was said to be free is billed after all.
    const isBilled = billing?.kind === "charged" && state.billing?.kind === "not_charged";
    if (billing && (!state.isSettledByHand || isBilled)) {
      const isNews = JSON.stringify(billing) !== JSON.stringify(state.billing);
      state.billing = billing;
      if (isNews) this.plan("reconcile");
    }
    if (told.outcome && !state.isErased) {
      state.videos = told.outcome.videos.map((_, at) => state.videos[at] ?? { tries: 0 });
      this.plan("archive");
    }
    this.settleView();
  }

  /** Tells whoever listens how the job is to be seen now, and begins what follows from its end. */
  settleView(): void {
    const { state, order } = this;
    if (state.isErased) return this.#changed();
    const now = Date.now();
    const { status, progress, etaMs, error } = viewOf(state);
    const isOver = isEnd(status);
    if (status !== state.shown?.status || progress !== state.shown?.progress) {
      const shown = { status, ...(progress !== undefined && { progress }) };
      state.shown = shown;
      this.#events.add({
        event: "update",
        data: { ...shown, ...(etaMs !== undefined && { etaMs }) },
      });
    }
    if (isOver && state.endedAt === undefined) {
      state.endedAt = now;
      state.notice = noticeOf(status === "completed", now);
      this.plan("notify");
      if (order.uploads.length > 0) this.plan("cleanup");
      this.#events.add({ event: "end" });
      const charge = (state.told.outcome ?? error)?.charge;
      this.say("ended", {
        status,
        ms: now - order.createdAt,
        microUsd: microUsdOf(state.billing),
        ...(charge && { charge }),
        ...(error && { code: error.code }),
      });
    } else if (!isOver && state.endedAt !== undefined) {
      // A webhook has brought it back.
      delete state.endedAt;
      delete state.notice;
      delete state.due.notify;
      delete state.due.cleanup;
    }
    this.#changed();
  }

  say(event: JobEvent, facts: Facts = {}): void {
    const { provider, model } = this.state.told.handle;
    const token = tokenName(this.order.owner);
    const all = { job: this.jobId, token, provider, model, ...facts };
    log(event, all);
    count(this.env, event, all);
  }
}
