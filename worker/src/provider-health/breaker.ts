// When a submit may be sent to a provider: rules without storage or clock.

/** An answer counts for the submits of so long: a burst of orders asks once. */
const FRESH_MS = 200;
/** A submit counts as in flight for so long at most: its job may never report. */
const IN_FLIGHT_MS = 10_000;
/** Submits in flight at once. One at first; each that is answered allows two more, down to one after a failure. */
const MAX_IN_FLIGHT = 64;
/** At full speed so many more submits of an isolate pass without asking. */
const CLEAR_RUN = 8;
/** Only while nearly all room is free: nobody counts them, so what hangs has to show in those that are counted. */
const CLEAR_ROOM = MAX_IN_FLIGHT - 8;
/** After this without a submit the next one is alone again. */
const IDLE_MS = 30_000;
/** So many submits in a row may fail while the provider answers questions, before submits are held back. */
const MAX_FAILED_SUBMITS = 2;
/** Submits are held back for this many probe intervals, doubled for each further failure up to the maximum. */
const HOLD_PROBES = 3;
const MAX_HOLD_PROBES = 60;
/** Jobs that wait come back within this many probe intervals, evenly spread, or later if there are many. */
const SPREAD_PROBES = 2;
/** How far apart waiting jobs come back, on average: a thousand of them must not keep the answer to a question waiting. */
const JOB_SPREAD_MS = 40;
/** How long a job that does not come back counts as waiting, beyond its time. */
const GONE_MS = 30_000;

/** The breaker is open: the provider does not answer, or its submits fail. */
export interface Outage {
  since: number;
  /** When the provider is asked next. Nothing is submitted before it has answered then. */
  until: number;
  /** Submits that have failed in a row. */
  failedSubmits: number;
}

export type Admission =
  | { kind: "submit" }
  /** The provider has to be asked first: see `onProbe`. */
  | { kind: "ask" }
  /** Too many other submits are in flight: see `room`. */
  | { kind: "busy" }
  /** The provider is away since then. */
  | { kind: "wait"; retryAt: number; since: number };

export class Breaker {
  readonly #probeMs: number;
  #outage: Outage | undefined;
  #failedSubmits: number;
  #answeredAt = -Infinity;
  #submittedAt = -Infinity;
  #maxInFlight = 1;
  /** Until when each job's submit counts as in flight. */
  readonly #inFlight = new Map<string, number>();
  /** When each waiting job comes back. */
  readonly #waiting = new Map<string, number>();

  /** `outage` is what was stored before a restart. */
  constructor(probeMs: number, outage?: Outage) {
    this.#probeMs = probeMs;
    this.#outage = outage;
    this.#failedSubmits = outage?.failedSubmits ?? 0;
  }

  get outage(): Outage | undefined {
    return this.#outage;
  }

  waitingJobs(now: number): number {
    for (const [job, at] of this.#waiting) if (now - at > GONE_MS) this.#waiting.delete(job);
    return this.#waiting.size;
  }

  /** How many more submits may be in flight. */
  room(now: number): number {
    for (const [job, until] of this.#inFlight) {
      if (now >= until || until - now > IN_FLIGHT_MS) this.#inFlight.delete(job);
    }
    return this.#maxInFlight - this.#inFlight.size;
  }

  /** Whether the provider has to be asked before anything is said of it. */
  mustAsk(now: number): boolean {
    return this.#outage ? this.#isProbeDue(this.#outage, now) : !within(this.#answeredAt, FRESH_MS, now);
  }

  admit(job: string, now: number): Admission {
    if (this.mustAsk(now)) return { kind: "ask" };
    if (this.#outage) return this.#waitUntilOver(job, this.#outage, now);
    if (!within(this.#submittedAt, IDLE_MS, now)) this.#maxInFlight = 1;
    this.#inFlight.delete(job);
    if (this.room(now) <= 0) return { kind: "busy" };
    this.#inFlight.set(job, now + IN_FLIGHT_MS);
    this.#waiting.delete(job);
    return { kind: "submit" };
  }

  /** The submits that the job's isolate may send without asking: while all is well, for as long as an answer counts. */
  clearRun(now: number): { more?: number; forMs?: number } {
    const isWell = this.#maxInFlight === MAX_IN_FLIGHT && this.#failedSubmits === 0 && this.room(now) >= CLEAR_ROOM;
    return isWell ? { more: CLEAR_RUN, forMs: FRESH_MS } : {};
  }

  /** The provider has answered the free question, or has not. */
  onProbe(isAnswered: boolean, now: number): void {
    this.#answeredAt = isAnswered ? now : -Infinity;
    if (!isAnswered) this.#open(now, this.#probeMs);
    else if (this.#outage) this.#close();
  }

  /** A job that was admitted does not submit after all. */
  withdraw(job: string): void {
    this.#inFlight.delete(job);
  }

  /** A submit has ended: accepted or rejected, or without a response that says which. */
  onSubmit(job: string, isAnswered: boolean, now: number): void {
    this.#inFlight.delete(job);
    this.#answeredAt = isAnswered ? now : -Infinity;
    if (isAnswered) {
      this.#submittedAt = now;
      this.#failedSubmits = 0;
      this.#maxInFlight = Math.min(this.#maxInFlight + 2, MAX_IN_FLIGHT);
      return;
    }
    this.#maxInFlight = 1;
    this.#failedSubmits += 1;
    const excess = this.#failedSubmits - MAX_FAILED_SUBMITS;
    if (excess < 0) return;
    this.#open(now, Math.min(HOLD_PROBES * 2 ** excess, MAX_HOLD_PROBES) * this.#probeMs);
  }

  /** Also due if the clock was set back. */
  #isProbeDue({ until }: Outage, now: number): boolean {
    return now >= until || until - now > MAX_HOLD_PROBES * this.#probeMs;
  }

  #open(now: number, ms: number): void {
    const since = Math.min(this.#outage?.since ?? now, now);
    this.#outage = { since, until: now + ms, failedSubmits: this.#failedSubmits };
  }

  /** The first submit is alone: a provider may answer questions and still fail at submits. */
  #close(): void {
    this.#outage = undefined;
    this.#maxInFlight = 1;
  }

  #waitUntilOver(job: string, { since, until }: Outage, now: number): Admission {
    const spread = Math.max(SPREAD_PROBES * this.#probeMs, this.waitingJobs(now) * JOB_SPREAD_MS);
    const retryAt = Math.ceil(until + Math.random() * spread);
    this.#waiting.set(job, retryAt);
    return { kind: "wait", retryAt, since };
  }
}

/** Whether a moment was at most that long ago. One in the future, after the clock was set back, was not. */
const within = (at: number, ms: number, now: number): boolean => now >= at && now - at <= ms;
