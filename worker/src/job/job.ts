// One video job, from its order to the video that is kept. It lives by its alarm; nobody has to wait for it.
import { DurableObject } from "cloudflare:workers";
import type { CancelResult } from "filmgate";
import type { Env } from "../env.js";
import { filmOf, providersOf, webhookSecret } from "../client.js";
import { jobIndexOf } from "../stubs.js";
import type { FilePlace, JobFacts, Order, Refusal, Billing } from "../types.js";
import { Desk } from "./runner.js";
import { Events } from "./event-stream.js";
import { newState } from "./expected.js";
import { cancel, mayComeBack, recorded } from "./provider-steps.js";
import { dropAll } from "./archive.js";
import { GONE, JOB_RUNNING, NOT_FOUND, NOT_READY, UNANSWERED } from "./errors.js";
import type { State } from "./state.js";
import { STEPS, loadBegun, nextDue, saveOrder, saveState } from "./state.js";
import { steps, tellAccount } from "./steps.js";
import { recordStore } from "./record-store.js";
import { Texts } from "./chunked-kv.js";
import { codeOf } from "./backoff.js";
import { videoText } from "./video.js";
import type { VideoText } from "./video.js";
import { hasEnded, viewOf } from "./view.js";

const HOUR = 60 * 60_000;
/** Longer than any idempotency key stands for its job: none begins it a second time. */
const TOMBSTONE_MS = 48 * HOUR;
/** After this no other step is begun in the same run of the alarm: the engine ends it after 15 minutes. */
const RUN_MS = 4 * 60_000;
/** Failures of the alarm itself from which on the engine may give it up. */
const RETRIES_TRUSTED = 3;
const NET_MS = 10 * 60_000;
/** An alarm that is so late was lost: an engine of one's own that is killed can forget one. */
const LATE_MS = 30_000;
/** Key of a mark: this job was given up before it began. */
const VOIDED = "voided";

export class Job extends DurableObject<Env> {
  readonly #jobId: string;
  readonly #texts: Texts;
  readonly #events: Events;
  #desk: Desk | undefined;
  #video: VideoText | undefined;
  /** What has been made of the video meanwhile is older than the state. */
  #version = 0;
  /** The alarm's handler runs. */
  #isAwake = false;
  /** When it was last woken by whoever looked. */
  #revivedAt = 0;
  /** Steps and cancels come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#jobId = ctx.id.toString();
    this.#texts = new Texts(ctx.storage.kv);
    this.#events = new Events(ctx.storage.kv, () => this.#text());
    // Reads alone: an id that nobody began costs no storage.
    const begun = loadBegun(this.#texts);
    if (begun) this.#desk = this.#deskOf(begun.order, begun.state);
  }

  /** Takes an order, once: then it is in its owner's list, or will be. Nothing is sent here: the alarm does that. */
  async begin(order: Order): Promise<{ video: string } | { error: Refusal }> {
    if (this.ctx.storage.kv.get(VOIDED)) return { error: GONE };
    if (!this.#desk) {
      // No `await` in here: a second call finds the job begun.
      this.#desk = this.#deskOf(order);
      saveOrder(this.#texts, order);
      this.#desk.plan("index");
      this.#desk.settleView();
      this.#arm();
      this.#desk.say("created");
    }
    const desk = this.#owned(order.owner);
    if (!desk) return { error: GONE };
    if (desk.dropsAfterEnd(order)) this.#arm();
    await Promise.all([this.ctx.storage.sync(), this.#entered()]);
    return { video: await this.#text() };
  }

  async read(owner: string): Promise<string | undefined> {
    this.#revive();
    // An order that joins this one is answered by it.
    await this.#entered();
    return this.#owned(owner) && this.#text();
  }

  async facts(owner: string): Promise<JobFacts | undefined> {
    const desk = this.#owned(owner);
    if (!desk) return undefined;
    const { status, outcome } = viewOf(desk.state);
    return { order: desk.order, status, ...(outcome && { outcome }) };
  }

  /** Where a video is. Without an owner: a signed address has been verified. */
  async file(owner: string | null, index: number): Promise<FilePlace | { error: Refusal }> {
    const desk = this.#owned(owner ?? this.#desk?.order.owner ?? "");
    if (!desk) return { error: NOT_FOUND };
    const { outcome, error } = viewOf(desk.state);
    if (!outcome) return { error: error ? NOT_FOUND : NOT_READY };
    const video = outcome.videos[index];
    const file = desk.state.videos[index]?.file;
    if (file) return { kind: "archived", ...file };
    return video?.url ? { kind: "provider", url: video.url } : { error: NOT_FOUND };
  }

  async cancel(
    owner: string,
  ): Promise<{ cancellation: CancelResult; video: string } | { error: Refusal }> {
    const desk = this.#owned(owner);
    if (!desk) return { error: NOT_FOUND };
    desk.interrupt("submit");
    try {
      const cancellation = await this.#next(async () => {
        const came = await cancel(desk);
        if (desk.isDue("reconcile")) await desk.run("reconcile", steps.reconcile);
        return came;
      });
      return { cancellation, video: await this.#text() };
    } catch (error) {
      desk.say("error", { step: "cancel", code: codeOf(error) });
      return { error: UNANSWERED };
    } finally {
      this.#arm();
    }
  }

  /** Takes a job that has ended, and its videos, away. What it costs is settled all the same. */
  async erase(owner: string): Promise<true | { error: Refusal }> {
    const desk = this.#owned(owner);
    if (!desk) return { error: NOT_FOUND };
    if (!hasEnded(desk.state)) return { error: JOB_RUNNING };
    desk.interrupt("archive");
    return this.#next(() => this.#erase(desk));
  }

  async #erase({ order, state }: Desk): Promise<true | { error: Refusal }> {
    // What ran until now may have brought it back.
    if (!hasEnded(state)) return { error: JOB_RUNNING };
    const { env } = this;
    // Also what R2 has taken without anybody having heard so.
    await dropAll(env.VIDEO_BUCKET, `videos/${this.#jobId}/`);
    await jobIndexOf(env, order.owner).remove(this.#jobId);
    order.request = {};
    saveOrder(this.#texts, order);
    this.#texts.delete("record");
    this.#events.clear();
    const { reconcile, cleanup } = state.due;
    state.due = { ...(reconcile !== undefined && { reconcile }), ...(cleanup !== undefined && { cleanup }) };
    state.isErased = true;
    state.videos = [];
    delete state.told.outcome;
    this.#changed();
    this.#arm();
    return true;
  }

  async events(owner: string, lastEventId?: string): Promise<Response | undefined> {
    const desk = this.#owned(owner);
    return desk && this.#events.stream(lastEventId, hasEnded(desk.state));
  }

  /** A provider's webhook. What it says is not believed: it is a reason to ask, and may name a lost job. */
  async hear(url: string, body: string): Promise<boolean> {
    const desk = this.#desk;
    if (!desk || desk.state.isErased) return false;
    const { state, film } = desk;
    try {
      // A submit that was turned away elsewhere has another provider than was expected.
      const { handle } = (await recorded(desk)) ?? state.told;
      const secret = await webhookSecret(this.env);
      const notice = await film.verifyWebhook({ url, body, secret });
      if (notice.id !== state.key || notice.provider !== handle.provider) return false;
      if (handle.jobId === undefined) state.heardJobId = notice.jobId;
    } catch {
      return false;
    }
    if (!mayComeBack(state.told)) return true;
    desk.plan("poll");
    this.#changed();
    this.#arm();
    return true;
  }

  /** Whether it was never begun; then it never will be. */
  async void(): Promise<boolean> {
    this.#revive();
    if (this.#desk) return false;
    this.ctx.storage.kv.put(VOIDED, true);
    await this.ctx.storage.setAlarm(Date.now() + TOMBSTONE_MS);
    // Pictures are kept before a job begins.
    await dropAll(this.env.VIDEO_BUCKET, `uploads/${this.#jobId}/`);
    return true;
  }

  /** An admin says what nobody else can. `false`: there is nothing of the kind to be settled. */
  async settleByHand(billing: Billing): Promise<boolean> {
    const desk = this.#desk;
    if (!desk) return false;
    const { state } = desk;
    if (state.billing?.kind !== "pending" && !state.isStuck) return false;
    state.billing = billing;
    state.isSettledByHand = true;
    desk.plan("reconcile");
    this.#changed();
    this.#arm();
    // Who looks at the books next sees it there. Should it fail, the alarm tells it.
    await tellAccount(desk, billing).catch(() => {});
    return true;
  }

  /**
   * Does what is due. The engine keeps an alarm until its handler has ended, and runs it again after a crash;
   * only where that itself fails again and again is there a net of our own.
   */
  override async alarm({ retryCount }: { retryCount: number } = { retryCount: 0 }): Promise<void> {
    const { storage } = this.ctx;
    this.#isAwake = true;
    try {
      if (retryCount >= RETRIES_TRUSTED) await storage.setAlarm(Date.now() + NET_MS);
      const until = Date.now() + RUN_MS;
      while (Date.now() < until && (await this.#next(() => this.#work())));
    } finally {
      this.#isAwake = false;
    }
    if (this.#desk) this.#arm();
    else await storage.deleteAll();
  }

  /** Whoever looks at a job that sleeps beyond its time wakes it; its account does, if nobody else. */
  #revive(): void {
    const at = this.#desk && nextDue(this.#desk.state);
    if (at === undefined || this.#isAwake) return;
    const now = Date.now();
    if (now - Math.max(at, this.#revivedAt) < LATE_MS) return;
    this.#revivedAt = now;
    // Never at a time that was set before, which an engine takes for set even where it has lost it.
    void this.ctx.storage.setAlarm(now);
  }

  /** Once its owner's list knows it, before the alarm's turn comes. Should that fail, the alarm does it again. */
  async #entered(): Promise<void> {
    const isAwaited = () => this.#desk?.isDue("index");
    if (isAwaited()) await this.#next(async () => isAwaited() && this.#work());
  }

  /** Does one step, if one is due. */
  async #work(): Promise<boolean> {
    const desk = this.#desk;
    const step = desk && STEPS.find((name) => desk.isDue(name));
    if (!desk || !step) return false;
    if (step === "purge") {
      this.#desk = undefined;
      return false;
    }
    await desk.run(step, steps[step]);
    return true;
  }

  /** Runs this after what runs now. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** One alarm for all steps: the earliest. */
  #arm(): void {
    const { state } = this.#desk!;
    const isSettled = state.due.reconcile === undefined && state.billing?.kind !== "pending";
    if (state.isErased && isSettled) state.due.purge ??= Date.now() + TOMBSTONE_MS;
    const at = nextDue(state);
    void (at === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
  }

  #changed(): void {
    if (!this.#desk) return;
    saveState(this.#texts, this.#desk.state);
    this.#video = undefined;
    this.#version += 1;
  }

  async #text(): Promise<string> {
    if (this.#video && Date.now() < this.#video.until) return this.#video.text;
    const version = this.#version;
    const video = await videoText(this.env, this.#jobId, this.#desk!);
    if (version === this.#version) this.#video = video;
    return video.text;
  }

  #owned(owner: string): Desk | undefined {
    const desk = this.#desk;
    return desk && desk.order.owner === owner && !desk.state.isErased ? desk : undefined;
  }

  #deskOf(order: Order, state?: State): Desk {
    const { env } = this;
    const film = filmOf(env, order.origin, recordStore(this.#texts, this.ctx.storage));
    return new Desk(order, state ?? newState(film, providersOf(env), order), {
      env,
      jobId: this.#jobId,
      film,
      events: this.#events,
      changed: () => this.#changed(),
    });
  }
}
