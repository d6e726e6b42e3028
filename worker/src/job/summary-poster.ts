// Keeps a job's entry in its owner's list as it is.
import { backoffMs, withJitter } from "filmgate/gateway-server";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { batchOf, jobIndexOf } from "../stubs.js";
import type { ChunkedKv } from "./chunked-kv.js";
import type { JobRunner } from "./runner.js";
import { nextDue, saveState } from "./state.js";
import type { JobData } from "./state.js";
import { endingOf, hasEnded, summaryJson, summaryOf } from "./view.js";

/** While it runs, a job's summary is posted at most once in this time; the end is posted at once. */
const SUMMARY_INTERVAL_MS = 1_000;
/** A summary waits so long for the next step, which is awake anyway, before it wakes the job by itself. */
const MAX_SUMMARY_DELAY_MS = 4_000;
/** A change that comes within this time stores that the summary was posted. */
const SOON_MS = 60_000;
const BACKOFF = { initialMs: 1_000, maxMs: 10_000 };

export class SummaryPoster {
  readonly #env: Env;
  readonly #jobId: string;
  readonly #kv: ChunkedKv;
  /** What the list shows, or is about to. */
  #summary = "";
  #postedAt = 0;

  constructor(env: Env, jobId: string, kv: ChunkedKv) {
    this.#env = env;
    this.#jobId = jobId;
    this.#kv = kv;
  }

  /** Takes over a job that was stored. */
  load(job: JobData): void {
    this.#summary = summaryJson(this.#env, this.#jobId, job);
  }

  /**
   * Schedules the summary if the owner sees a change. It is stored together with the change, so that no crash is between
   * them.
   */
  noticeChange(runner: JobRunner): void {
    const { state } = runner;
    const summary = summaryJson(this.#env, this.#jobId, runner);
    if (state.isDeleted || summary === this.#summary) return;
    this.#summary = summary;
    state.revision = (state.revision ?? 0) + 1;
    const isUrgent = !state.isListed || hasEnded(state);
    runner.schedule("index", isUrgent ? Date.now() : Math.max(Date.now(), this.#postedAt + MAX_SUMMARY_DELAY_MS));
  }

  /** Posts a summary that would wake the job soon. */
  async postWhileAwake(runner: JobRunner): Promise<void> {
    const isDirty = runner.state.due.index !== undefined && !runner.state.failed.index;
    if (isDirty && Date.now() - this.#postedAt >= SUMMARY_INTERVAL_MS) await this.post(runner);
  }

  /**
   * Posts the summary to the owner's list. That it was posted is stored with the next change: after a crash it is posted
   * once more.
   */
  async post(runner: JobRunner): Promise<void> {
    const { state, spec } = runner;
    const { revision, due, failed } = state;
    try {
      await jobIndexOf(this.#env, spec.owner).put(summaryOf(this.#jobId, runner, this.#summary));
      const { batch } = spec;
      if (batch && hasEnded(state)) await batchOf(this.#env, batch.id)?.onJobEnd(batch.index, this.#jobId, endingOf(state));
    } catch (error) {
      const tries = (failed.index ?? 0) + 1;
      failed.index = tries;
      due.index = Date.now() + withJitter(backoffMs(tries + 1, BACKOFF));
      runner.log("error", { step: "index", code: errorCode(error), tries });
      return;
    }
    this.#postedAt = Date.now();
    delete failed.index;
    // What has changed meanwhile is posted next.
    if (state.revision === revision) delete due.index;
    // The owner's list has the job before anything is sent for it.
    if (!state.isListed) runner.schedule("submit");
    state.isListed = true;
    if ((nextDue(state) ?? Infinity) > Date.now() + SOON_MS) saveState(this.#kv, state);
  }
}
