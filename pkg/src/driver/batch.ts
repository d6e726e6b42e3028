import type { Connection } from "./connection.js";
import { Flight } from "./http-request.js";
import type { Landing } from "./http-request.js";
import { isBusy } from "./limiter.js";
import type { Input, Transmit } from "../core/protocol.js";

/** No most is documented for Runware; this many keeps an answer readable, and a failing one small. */
const MOST_TASKS = 20;
/** How long questions are gathered: nothing for one job, this for many. */
const LONGEST_WINDOW_MS = 500;
const WINDOW_MS_PER_JOB = 25;

/** Hears of a request what the machine wants to hear. */
export type Hear = (input: Input, thrown?: unknown) => void;

/** Questions that may travel together: those that are due at about the same time are one request. */
export class Pool {
  readonly #connection: Connection;
  readonly #open = new Map<string, Batch>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  join(question: Transmit, hear: Hear): Seat {
    const { path } = question;
    const batch = this.#open.get(path) ?? new Batch(this.#connection, question, this.#open);
    return batch.take(question, hear);
  }
}

/** One request of several jobs. It takes questions until it leaves, or is full. */
class Batch {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #limitMs: number;
  readonly #open: Map<string, Batch>;
  readonly #seats = new Set<Seat>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flight: Flight | undefined;

  constructor(connection: Connection, { path, limitMs }: Transmit, open: Map<string, Batch>) {
    this.#connection = connection;
    this.#path = path;
    this.#limitMs = limitMs;
    this.#open = open;
    open.set(path, this);
  }

  take(question: Transmit, hear: Hear): Seat {
    const seat = new Seat(question, hear, () => this.#drop(seat));
    this.#seats.add(seat);
    const others = Math.max(this.#connection.jobs - 1, 0);
    const windowMs = Math.min(others * WINDOW_MS_PER_JOB, LONGEST_WINDOW_MS);
    if (this.#seats.size >= MOST_TASKS) {
      this.#close();
      this.#depart();
    } else if (windowMs === 0) {
      this.#depart();
    } else {
      this.#timer ??= setTimeout(() => this.#depart(), windowMs);
    }
    if (!seat.hasLeft) seat.hold();
    return seat;
  }

  /** From here on it leaves as soon as there is room. */
  #depart(): void {
    clearTimeout(this.#timer);
    this.#flight ??= new Flight(this.#connection, {
      path: this.#path,
      limitMs: this.#limitMs,
      patienceMs: Infinity,
      isUrgent: false,
      sendNowOrFail: false,
      load: () => this.#load(),
      // Who has a seat hears it there.
      held: () => {},
      left: () => {},
      landed: (landing, thrown) => this.#landed(landing, thrown),
    });
  }

  #landed(landing: Landing, thrown?: unknown): void {
    const isUnread = landing.type === "response" && isBusy(landing.status, landing.retryAfter);
    if (!isUnread) {
      for (const seat of [...this.#seats]) seat.land(landing, thrown);
      return;
    }
    // Told of it, each job would come back alone: the last thing that a busy provider needs.
    for (const seat of this.#seats) seat.hold();
    if (this.#seats.size < MOST_TASKS && !this.#open.has(this.#path)) this.#open.set(this.#path, this);
    this.#flight = undefined;
    this.#depart();
  }

  #load(): unknown[] {
    this.#close();
    return [...this.#seats].flatMap((seat) => seat.leave());
  }

  #close(): void {
    if (this.#open.get(this.#path) === this) this.#open.delete(this.#path);
  }

  /** The others' questions go on, if there are any. */
  #drop(seat: Seat): void {
    this.#seats.delete(seat);
    if (this.#seats.size > 0) return;
    this.#close();
    clearTimeout(this.#timer);
    this.#flight?.stop();
  }
}

/** One job's part in a request. */
class Seat {
  readonly #question: Transmit;
  readonly #hear: Hear;
  readonly #freed: () => void;
  #isHeld = false;
  #left = false;
  #landed = false;

  constructor(question: Transmit, hear: Hear, freed: () => void) {
    this.#question = question;
    this.#hear = hear;
    this.#freed = freed;
  }

  get hasLeft(): boolean {
    return this.#left;
  }

  hold(): void {
    this.#isHeld = true;
    this.#left = false;
    this.#hear({ type: "held", id: this.#question.id });
  }

  /** The tasks that it asks with. */
  leave(): unknown[] {
    this.#left = true;
    if (this.#isHeld) this.#hear({ type: "left", id: this.#question.id });
    return this.#question.body as unknown[];
  }

  land(landing: Landing, thrown?: unknown): void {
    if (this.#landed) return;
    this.#landed = true;
    this.#hear({ ...landing, id: this.#question.id } as Input, thrown);
  }

  /** Ends this job's waiting alone. */
  stop(): void {
    this.land({ type: "failed", kind: this.#left ? "timeout" : "unsent" });
    this.#freed();
  }
}

export type { Seat };
