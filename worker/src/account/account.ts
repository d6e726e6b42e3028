// One token's account: lets jobs in and keeps its books. Its name is the token's hash.
import { DurableObject } from "cloudflare:workers";
import type { TokenChange } from "../admin/schemas.js";
import type { Env } from "../env.js";
import type {
  AccountReport,
  Admission,
  Admitted,
  Refusal,
  Billing,
  TokenFacts,
} from "../types.js";
import { log } from "../log.js";
import { overBudget } from "./budget.js";
import { changed } from "./change.js";
import { type Booked, Ledger } from "./ledger.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long an idempotency key stands for its job. */
const KEY_LIFE = 24 * HOUR;
/** How long a retry without a key joins the job of an equal body. */
const RETRY_LIFE = 10 * MINUTE;
/** After which a job that was let in and never began is taken back. */
const BEGIN_WITHIN = 10 * MINUTE;
/** How many jobs one sweep asks. */
const SWEPT_AT_ONCE = 100;

const FACTS = "facts";

export class Account extends DurableObject<Env> {
  #facts: TokenFacts | undefined;
  #ledger: Ledger | undefined;
  #isAlarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // Reads alone: who guesses tokens makes no storage.
    this.#facts = ctx.storage.kv.get<TokenFacts>(FACTS);
    if (!this.#facts) return;
    this.#ledger = new Ledger(ctx.storage.sql);
    void ctx.blockConcurrencyWhile(async () => {
      this.#isAlarmSet = (await ctx.storage.getAlarm()) !== null;
    });
  }

  /** Makes the account, or says anew what it may. Who was revoked stays so. */
  async open(facts: TokenFacts): Promise<void> {
    const revokedAt = this.#facts?.revokedAt ?? facts.revokedAt;
    this.#keep({ ...facts, ...(revokedAt !== undefined && { revokedAt }) });
    this.#ledger ??= new Ledger(this.ctx.storage.sql);
  }

  /** In one step: of several changes at once each holds. `undefined`: there is no such token. */
  async change(change: TokenChange): Promise<TokenFacts | undefined> {
    if (this.#facts) this.#keep(changed(this.#facts, change));
    return this.#facts;
  }

  async revoke(at: number): Promise<void> {
    if (this.#facts && this.#facts.revokedAt === undefined) {
      this.#keep({ ...this.#facts, revokedAt: at });
    }
  }

  async facts(): Promise<TokenFacts | undefined> {
    return this.#facts;
  }

  /**
   * Lets a job in, or says why not. There is no `await` in it, so that no other call comes between the
   * sums and the reservation; the engine holds the answer back until the writes are durable.
   */
  async admit(ask: Admission): Promise<Admitted> {
    const facts = this.#facts;
    const ledger = this.#ledger;
    if (!facts || !ledger || facts.revokedAt !== undefined) return { error: REVOKED };
    const now = Date.now();
    const known = this.#join(ledger, ask, now);
    if (known) return known;
    const error = refusalOf(facts, ledger, ask, now);
    if (error) return { error };
    ledger.reserve(ask, now);
    this.#wakeIn(BEGIN_WITHIN);
    return { jobId: ask.jobId, isNew: true };
  }

  /** Books what a job came to, and says what was made of it. May be told twice. */
  async settle(jobId: string, billing: Billing): Promise<Booked> {
    const booked = this.#ledger?.settle(jobId, billing) ?? "unknown";
    if (booked === "unknown") log("reconciled_unknown_job", { job: jobId, ...this.#named() });
    return booked;
  }

  async report(): Promise<AccountReport | undefined> {
    if (!this.#facts || !this.#ledger) return undefined;
    const { hash: _hash, webhook, ...token } = this.#facts;
    return {
      token: { ...token, ...(webhook && { webhookUrl: webhook.url }) },
      ...this.#ledger.report(Date.now()),
    };
  }

  /** Takes back what never began, and forgets what closed long ago. */
  override async alarm(): Promise<void> {
    const ledger = this.#ledger;
    if (!ledger) return;
    const asked = ledger.unbegun(Date.now() - BEGIN_WITHIN, SWEPT_AT_ONCE);
    await Promise.all(asked.map((jobId) => this.#sweep(ledger, jobId)));
    ledger.forget(Date.now() - KEY_LIFE);
    await this.#wakeAgain(ledger);
  }

  #join(ledger: Ledger, ask: Admission, now: number): Admitted | undefined {
    if (ask.idempotencyKey !== undefined) {
      const known = ledger.byKey(ask.idempotencyKey, now - KEY_LIFE);
      if (!known) return undefined;
      if (known.bodyHash !== ask.bodyHash) return { error: MISMATCH };
      return { jobId: known.jobId, isNew: false };
    }
    const known = ask.isRetry ? ledger.byBody(ask.bodyHash, now - RETRY_LIFE) : undefined;
    return known === undefined ? undefined : { jobId: known, isNew: false };
  }

  async #sweep(ledger: Ledger, jobId: string): Promise<void> {
    try {
      const job = this.env.JOBS.get(this.env.JOBS.idFromString(jobId));
      if (await job.void()) ledger.release(jobId);
      else ledger.markBegun(jobId);
    } catch (error) {
      // It is asked again: the next alarm finds it where it is.
      log("error", { step: "sweep", job: jobId, code: nameOf(error), ...this.#named() });
    }
  }

  #wakeIn(ms: number): void {
    if (this.#isAlarmSet) return;
    this.#isAlarmSet = true;
    void this.ctx.storage.setAlarm(Date.now() + ms);
  }

  /** A minute apart at least where a job could not be asked, and an hour where rows merely grow old. */
  async #wakeAgain(ledger: Ledger): Promise<void> {
    const now = Date.now();
    const { unbegun, closed } = ledger.oldest();
    const next = Math.min(
      unbegun === undefined ? Infinity : Math.max(unbegun + BEGIN_WITHIN, now + MINUTE),
      closed === undefined ? Infinity : Math.max(closed + KEY_LIFE, now) + HOUR,
    );
    this.#isAlarmSet = next !== Infinity;
    if (this.#isAlarmSet) await this.ctx.storage.setAlarm(next);
  }

  /** Whose, for a line of the log. */
  #named(): { token?: string } {
    return this.#facts ? { token: this.#facts.id } : {};
  }

  #keep(facts: TokenFacts): void {
    this.#facts = { ...facts, version: (this.#facts?.version ?? 0) + 1 };
    this.ctx.storage.kv.put(FACTS, this.#facts);
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

/** Why a new job may not begin. */
function refusalOf(facts: TokenFacts, ledger: Ledger, ask: Admission, now: number) {
  if (facts.models && !facts.models.includes(ask.model)) return modelNotAllowed(facts.models);
  if (facts.maxConcurrentJobs !== undefined && ledger.countOpen() >= facts.maxConcurrentJobs) {
    return tooManyJobs(facts.maxConcurrentJobs);
  }
  return overBudget(facts, ledger.taken(now), ask.reservedMicroUsd);
}

const modelNotAllowed = (models: string[]): Refusal => ({
  status: 403,
  code: "model_not_allowed",
  message: `This token may not order that model. It may order: ${models.join(", ")}.`,
  param: "model",
});

const tooManyJobs = (maxConcurrentJobs: number): Refusal => ({
  status: 429,
  code: "concurrency_limit_exceeded",
  message: `This token may have ${maxConcurrentJobs} jobs at once: wait until one has ended.`,
  retryAfterSeconds: 10,
});

const REVOKED: Refusal = {
  status: 401,
  code: "invalid_token",
  message: "This token is unknown or revoked. Ask the admin for one.",
};

const MISMATCH: Refusal = {
  status: 422,
  code: "idempotency_key_reused",
  message: "This Idempotency-Key was used with another body: use a new one for each order.",
  param: "Idempotency-Key",
};
