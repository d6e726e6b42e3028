// The circuit breaker of one provider. The object's name is the provider. What is open survives a restart, and an alarm
// asks the provider until it answers.
import type { ListingRef } from "filmgate";
import { type Env, positive } from "../env.js";
import { GatewayObject } from "../gateway-object.js";
import { log } from "../log.js";
import type { ProviderHealthRpc } from "../rpc.js";
import { stampStorage, upgradeStorage } from "../storage-version.js";
import type { ProviderState, SubmitAdmission } from "../types.js";
import { ask } from "./ask.js";
import { Breaker } from "./breaker.js";
import type { Outage } from "./breaker.js";

const SECOND = 1_000;
const DEFAULT_PROBE_SECONDS = 5;
/** How long a call waits for other submits. Then its job comes back, and the engine counts a new call. */
const MAX_HOLD_MS = 10 * SECOND;
/** How often a held call looks by itself: a submit in flight may never report. */
const HELD_CHECK_MS = SECOND;
const OUTAGE_KEY = "outage";
const LISTING_KEY = "listing";

export class ProviderHealth extends GatewayObject implements ProviderHealthRpc {
  readonly #breaker: Breaker;
  /** The listing that the provider is asked about. */
  #listing: ListingRef | undefined;
  /** The question that is being asked. */
  #question: Promise<void> | undefined;
  /** The outage that is stored. */
  #stored: Outage | undefined;
  /** Lets the held call of each job go on, first come first served. */
  readonly #held = new Map<string, () => void>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    upgradeStorage(ctx.storage, "providerHealth");
    this.#stored = ctx.storage.kv.get<Outage>(OUTAGE_KEY);
    this.#listing = ctx.storage.kv.get<ListingRef>(LISTING_KEY);
    const probeSeconds = positive(this.env.PROVIDER_PROBE_SECONDS) ?? DEFAULT_PROBE_SECONDS;
    this.#breaker = new Breaker(probeSeconds * SECOND, this.#stored);
  }

  /**
   * Whether the job may submit now. It asks the provider first if that has not answered just now, and waits while too many
   * other submits are in flight. Without `since` in a refusal the job may come back at once.
   */
  async admit(jobId: string, listing: ListingRef): Promise<SubmitAdmission> {
    this.#listing = listing;
    const until = Date.now() + MAX_HOLD_MS;
    for (;;) {
      const now = Date.now();
      const admission = this.#breaker.admit(jobId, now);
      if (admission.kind === "submit") return { isAdmitted: true, ...this.#breaker.clearRun(now) };
      if (admission.kind === "wait") return { isAdmitted: false, retryAt: admission.retryAt, since: admission.since };
      if (admission.kind === "ask") await this.#ask();
      else if (now >= until) return { isAdmitted: false, retryAt: now };
      else await this.#hold(jobId);
    }
  }

  /** A job that was admitted does not submit after all: it was cancelled. */
  async withdraw(jobId: string): Promise<void> {
    this.#breaker.withdraw(jobId);
    this.#release();
  }

  /** Whether the provider answers now, without taking the place of a submit. */
  async isUp(listing: ListingRef): Promise<boolean> {
    this.#listing ??= listing;
    if (this.#breaker.mustAsk(Date.now())) await this.#ask();
    return !this.#breaker.outage;
  }

  async onSubmit(jobId: string, isAnswered: boolean): Promise<void> {
    this.#breaker.onSubmit(jobId, isAnswered, Date.now());
    this.#release();
    await this.#store();
  }

  async state(): Promise<Omit<ProviderState, "provider">> {
    const { outage } = this.#breaker;
    const waitingJobs = this.#breaker.waitingJobs(Date.now()) + this.#held.size;
    return outage ? { state: "down", since: outage.since, waitingJobs } : { state: "up", waitingJobs };
  }

  /** Asks the provider, so that an outage ends without an order. */
  override async alarm(): Promise<void> {
    if (this.#breaker.outage) await this.#ask();
  }

  /** Resolves once a submit may be free. */
  #hold(jobId: string): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        clearTimeout(timer);
        this.#held.delete(jobId);
        resolve();
      };
      const timer = setTimeout(goOn, HELD_CHECK_MS);
      this.#held.set(jobId, goOn);
    });
  }

  /** As many held calls go on as there is room for; in an outage all of them, to say so. */
  #release(): void {
    const count = this.#breaker.outage ? Infinity : this.#breaker.room(Date.now());
    let at = 0;
    for (const goOn of this.#held.values()) {
      if (at++ >= count) return;
      goOn();
    }
  }

  /** One question at a time: its answer is everybody's. */
  #ask(): Promise<void> {
    this.#question ??= this.#askOnce().finally(() => (this.#question = undefined));
    return this.#question;
  }

  async #askOnce(): Promise<void> {
    const isAnswered = !this.#listing || (await ask(this.env, this.#listing));
    this.#breaker.onProbe(isAnswered, Date.now());
    await this.#store();
  }

  /** Stores what has changed. While the breaker is open an alarm is set. */
  async #store(): Promise<void> {
    const { outage } = this.#breaker;
    if (outage === this.#stored) return;
    const { storage } = this.ctx;
    if (Boolean(outage) !== Boolean(this.#stored)) this.#log(outage);
    this.#stored = outage;
    if (outage) {
      stampStorage(storage, "providerHealth");
      storage.kv.put(OUTAGE_KEY, outage);
      storage.kv.put(LISTING_KEY, this.#listing);
      await storage.setAlarm(Math.ceil(outage.until));
    } else {
      storage.kv.delete(OUTAGE_KEY);
      await storage.deleteAlarm();
    }
  }

  #log(outage: Outage | undefined): void {
    const provider = this.#listing?.provider;
    const fields = { ...(provider && { provider }) };
    if (outage) log("error", { step: "submit", code: "provider_unreachable", ...fields });
    else log("provider_up", { ...fields, ms: Date.now() - (this.#stored?.since ?? Date.now()) });
  }
}
