import type { Connection } from "./connection.js";
import { MAX_RESULT_BYTES, PendingRequest } from "./http-request.js";
import type { RequestResult } from "./http-request.js";
import { isThrottled } from "./limiter.js";
import type { Input, Transmit } from "../core/protocol.js";

/** Runware documents no maximum. This many keep a response readable, and a failing one small. */
const MAX_TASKS = 20;
/** How long polls are collected: not at all for one job, up to this for many. */
const MAX_WINDOW_MS = 500;
const WINDOW_MS_PER_JOB = 25;

/** Receives the inputs that a request causes. */
export type OnInput = (input: Input, thrown?: unknown) => void;

/** Combines polls that are due at about the same time into one request. */
export class PollBatcher {
  readonly #connection: Connection;
  readonly #open = new Map<string, Batch>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(poll: Transmit, onInput: OnInput): BatchEntry {
    const batch = this.#open.get(poll.path) ?? new Batch(this.#connection, poll, this.#open);
    return batch.add(poll, onInput);
  }
}

/** One request for several jobs. It accepts polls until it is sent or full. */
class Batch {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #limitMs: number;
  readonly #open: Map<string, Batch>;
  readonly #entries = new Set<BatchEntry>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: PendingRequest | undefined;

  constructor(connection: Connection, { path, limitMs }: Transmit, open: Map<string, Batch>) {
    this.#connection = connection;
    this.#path = path;
    this.#limitMs = limitMs;
    this.#open = open;
    open.set(path, this);
  }

  add(poll: Transmit, onInput: OnInput): BatchEntry {
    const entry = new BatchEntry(poll, onInput, () => this.#remove(entry));
    this.#entries.add(entry);
    const others = Math.max(this.#connection.jobs - 1, 0);
    const windowMs = Math.min(others * WINDOW_MS_PER_JOB, MAX_WINDOW_MS);
    if (this.#entries.size >= MAX_TASKS) {
      this.#close();
      this.#flush();
    } else if (windowMs === 0) {
      this.#flush();
    } else {
      this.#timer ??= setTimeout(() => this.#flush(), windowMs);
    }
    if (!entry.isSent) entry.onQueued();
    return entry;
  }

  /** Sends the request as soon as the limiter has a slot. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#request ??= new PendingRequest(this.#connection, {
      path: this.#path,
      limitMs: this.#limitMs,
      maxQueueMs: Infinity,
      isPriority: false,
      sendNowOrFail: false,
      maxBytes: MAX_RESULT_BYTES,
      body: () => this.#body(),
      // The entries report these themselves.
      onQueued: () => {},
      onSent: () => {},
      onResult: (result, thrown) => this.#onResult(result, thrown),
    });
  }

  #onResult(result: RequestResult, thrown?: unknown): void {
    const isRetried = result.type === "response" && isThrottled(result.status, result.retryAfter);
    if (!isRetried) {
      for (const entry of [...this.#entries]) entry.onResult(result, thrown);
      return;
    }
    // If each job received the response, it would retry alone, which a throttling provider needs least.
    for (const entry of this.#entries) entry.onQueued();
    if (this.#entries.size < MAX_TASKS && !this.#open.has(this.#path)) this.#open.set(this.#path, this);
    this.#request = undefined;
    this.#flush();
  }

  #body(): unknown[] {
    this.#close();
    return [...this.#entries].flatMap((entry) => entry.onSent());
  }

  #close(): void {
    if (this.#open.get(this.#path) === this) this.#open.delete(this.#path);
  }

  /** Polls of other jobs continue, if there are any. */
  #remove(entry: BatchEntry): void {
    this.#entries.delete(entry);
    if (this.#entries.size > 0) return;
    this.#close();
    clearTimeout(this.#timer);
    this.#request?.stop();
  }
}

/** The poll of one job within a batch. */
class BatchEntry {
  readonly #poll: Transmit;
  readonly #onInput: OnInput;
  readonly #removed: () => void;
  #wasQueued = false;
  #isSent = false;
  #isFinished = false;

  constructor(poll: Transmit, onInput: OnInput, removed: () => void) {
    this.#poll = poll;
    this.#onInput = onInput;
    this.#removed = removed;
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  onQueued(): void {
    this.#wasQueued = true;
    this.#isSent = false;
    this.#onInput({ type: "queued", id: this.#poll.id });
  }

  /** Returns the tasks of this poll. */
  onSent(): unknown[] {
    this.#isSent = true;
    if (this.#wasQueued) this.#onInput({ type: "sent", id: this.#poll.id });
    return this.#poll.body as unknown[];
  }

  onResult(result: RequestResult, thrown?: unknown): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#onInput({ ...result, id: this.#poll.id } as Input, thrown);
  }

  /** Stops waiting for this job only. */
  stop(): void {
    this.onResult({ type: "failed", kind: this.#isSent ? "timeout" : "unsent" });
    this.#removed();
  }
}

export type { BatchEntry };
