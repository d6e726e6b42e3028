import { onAbort } from "../util/abort.js";
import type { OnInput } from "./poll-batcher.js";
import { advance, ensureReady, isReady } from "../core/core.js";
import type { Connection } from "./connection.js";
import { MAX_RESPONSE_BYTES, MAX_RESULT_BYTES, PendingRequest } from "./http-request.js";
import type { Slot } from "./limiter.js";
import type {
  Done,
  Input,
  JobOutput,
  ResponseInput,
  Save,
  Transmit,
  TransportError,
} from "../core/protocol.js";
import type { JobState, Step } from "../core/state.js";
import { FilmgateError } from "../error.js";
import type { ErrorCode, Handle, JobRecord, Store } from "../types/index.js";
import { sleep } from "../util/sleep.js";
import { within } from "../util/within.js";

/** A write may take so long beyond the job's time limit: a result may come just then. */
const MIN_WRITE_MS = 500;
/** The waits before a record that could not be written is written again, after tracking has ended. */
const REWRITE_MS = [300, 1_000];

/** The end of `drive` with `pollOnce`, if the poll did not end the job. */
export interface Polled {
  type: "polled";
  /** The error of the poll, if it failed. */
  error: FilmgateError | undefined;
}

/** The longest wait before the clock is read again: timers do not advance while a laptop sleeps. */
const MAX_WAIT_MS = 5_000;

// A step that traps this often will not succeed.
const MAX_TRAPS = 3;

/** The module trapped on a step, on several instances. */
export class TrapError extends Error {
  constructor(cause: unknown) {
    super("The step trapped the WebAssembly module.", { cause });
  }
}

interface DriverOptions {
  signal?: AbortSignal | undefined;
  slot?: Slot | undefined;
  /** Stops after the response to one poll. */
  pollOnce?: boolean | undefined;
  /** Whether a poll may hold its connection open until there is a change. */
  longPoll?: boolean | undefined;
  /** Called when the record of an accepted job cannot be written. */
  onWriteFailed?: (() => void) | undefined;
}

/** A request in flight. */
interface Cancellable {
  readonly isSent: boolean;
  stop(): void;
}

/**
 * Drives one job: it carries out the outputs of the core and passes inputs to it. Everything that a trap must not
 * destroy is kept here: the state, the inputs and the requests in flight.
 *
 * An abort ends the job's tracking at once, with two exceptions that involve money: a submit that was sent is
 * finished, and so is a write to the store.
 */
export class JobDriver {
  state: JobState;
  /** What the last failed request, or the store, threw. */
  lastFailure: unknown;
  readonly #connection: Connection;
  readonly #store: Store;
  readonly #signal: AbortSignal | undefined;
  readonly #onOutput: (output: JobOutput) => void;
  readonly #pollOnce: boolean;
  /** The end of the last request. */
  #lastResult: ResponseInput | TransportError | undefined;
  /** The requests in flight, and whether each is a submit. */
  readonly #requests = new Map<Cancellable, boolean>();
  /** The slot of the first request, acquired before anything was stored. */
  #slot: Slot | undefined;
  readonly #unlisten: () => void;
  #outputs: JobOutput[];
  #inputs: Input[] = [];
  #isAbandoned = false;
  #pendingSaves = 0;
  /** The job stops waiting for writes then. */
  readonly #writesDue: number;
  /** The revision that the store has. The core's own number counts its saves. */
  #revision: number;
  /** The writes, one after the other. Never rejects. */
  #writes: Promise<unknown> = Promise.resolve();
  #pendingWrites = 0;
  /** A write failed, or was given up, and may have been carried out nevertheless. */
  #mayBeWritten = false;
  /** The record that the store lacks, unless another writer has replaced it. */
  #unwritten: JobRecord | undefined;
  readonly #requestDigest: string | undefined;
  readonly #onWriteFailed: () => void;
  readonly #waiting = new Set<() => void>();

  constructor(
    step: Step,
    connection: Connection,
    store: Store,
    onOutput: (output: JobOutput) => void,
    { signal, slot, pollOnce = false, longPoll = false, onWriteFailed = () => {} }: DriverOptions,
  ) {
    this.state = step.state;
    this.#outputs = step.outputs;
    this.#connection = connection;
    this.#store = store;
    this.#onOutput = onOutput;
    this.#signal = signal;
    this.#slot = slot;
    this.#pollOnce = pollOnce;
    this.#onWriteFailed = onWriteFailed;
    this.#inputs.push({ type: "long_poll", longPoll });
    this.#revision = step.state.revision;
    this.#requestDigest = step.requestDigest;
    this.#writesDue = performance.now() + step.state.deadline - Date.now();
    this.#unlisten = onAbort(signal, () => this.#abort());
    if (signal?.aborted) this.#abort();
  }

  /** Stops all requests in flight. */
  end(): void {
    this.#unlisten();
    for (const request of [...this.#requests.keys()]) request.stop();
    this.#slot?.release();
    this.#wake();
  }

  /** Whether a write is still pending that the job no longer waits for. */
  get hasLateWrite(): boolean {
    return this.#pendingWrites > this.#pendingSaves;
  }

  /** Writes the record that the store lacks, if it can now. Called after the end. */
  async rewrite(): Promise<void> {
    for (const ms of REWRITE_MS) {
      await this.#writes;
      const record = this.#unwritten;
      if (!record) return;
      await sleep(ms);
      await this.#write(record);
    }
  }

  /**
   * Removes what a first write, which counts as failed, has left in the store. Called after the end of a job of which
   * nothing was sent, while its lease is held.
   */
  async discard(): Promise<void> {
    await this.#writes;
    // The record of another client has its place.
    if (this.#revision === 0 && !this.#mayBeWritten) return;
    const { id, createdAt } = this.state.handle;
    const entry = await this.#store.get(id);
    const isOwn = entry && entry.revision <= this.#revision + 1 && entry.record.handle.createdAt === createdAt;
    if (isOwn) await this.#store.delete(id);
  }

  /** Writes the state without a save of the core. */
  async write(record: JobRecord): Promise<void> {
    await this.#write(record);
  }

  /** Resolves once no write to the store is pending. */
  async saved(): Promise<void> {
    while (this.#pendingSaves > 0) await this.#pause(Infinity);
  }

  enqueue(input: Input): void {
    this.#inputs.push(input);
    this.#wake();
  }

  cancel(): void {
    this.enqueue({ type: "cancel" });
    // A submit that was not sent yet never will be.
    this.#stop((request, isSubmit) => isSubmit && !request.isSent);
  }

  /** Drives the job to its end, or, with `pollOnce`, to the response to one poll. */
  async drive(): Promise<Done | Polled> {
    for (;;) {
      let at = Infinity;
      for (const output of this.#outputs.splice(0)) {
        if (output.type === "done") return output;
        if (output.type === "save") this.#startSave(output);
        else if (output.type === "transmit") this.#transmit(output);
        else if (output.type === "timeout") ({ at } = output);
        else this.#onOutput(output);
      }
      const polled = await this.#next(at);
      if (polled) return polled;
      await this.#step();
    }
  }

  /** Advances the job by the next input. After a trap it tries again on a new instance. */
  async #step(): Promise<void> {
    // Taken out now: others may be added during a retry.
    const input = this.#inputs.shift() ?? ({ type: "timeout" } satisfies Input);
    for (let traps = 1; ; traps++) {
      while (!isReady()) await ensureReady();
      try {
        const step = advance(this.state, input);
        if (!step) throw new TypeError("The state of the job is not valid.");
        this.state = step.state;
        this.#outputs = step.outputs;
        return;
      } catch (error) {
        if (traps >= MAX_TRAPS) throw new TrapError(error);
      }
    }
  }

  #startSave(output: Save): void {
    this.#pendingSaves += 1;
    void this.#save(output);
  }

  #transmit(output: Transmit): void {
    // The core waits for one request at a time and has given up an earlier poll.
    this.#stop((_, isSubmit) => !isSubmit);
    const { isSubmit } = output;
    const onInput: OnInput = (input, thrown) => {
      if (input.type === "response" || input.type === "failed") {
        this.#requests.delete(request);
        this.lastFailure = thrown;
        this.#lastResult = input;
      }
      this.enqueue(input);
    };
    const request = output.batchable ? this.#connection.batcher.add(output, onInput) : this.#send(output, onInput);
    this.#requests.set(request, isSubmit);
    // Only the request's own time limit decides that a submit has no response. A clock that jumps does not.
    if (isSubmit) this.enqueue({ type: "queued", id: output.id });
    if (this.#signal?.aborted) request.stop();
  }

  // ------------------------------------------------------------------------------------ requests

  #send(output: Transmit, onInput: OnInput): Cancellable {
    const { id, path, limitMs, body, sendNowOrFail, isSubmit, mayHoldResult } = output;
    const slot = this.#slot;
    this.#slot = undefined;
    return new PendingRequest(
      this.#connection,
      {
        path,
        limitMs,
        // The core gives up a poll itself, but not a submit.
        maxQueueMs: isSubmit ? this.state.deadline - Date.now() : Infinity,
        // A cancel, too.
        isPriority: isSubmit || !mayHoldResult,
        sendNowOrFail,
        maxBytes: mayHoldResult ? MAX_RESULT_BYTES : MAX_RESPONSE_BYTES,
        body: () => body,
        onQueued: () => onInput({ type: "queued", id }),
        onSent: () => !isSubmit && onInput({ type: "sent", id }),
        onResult: (result, thrown) => onInput({ ...result, id } as Input, thrown),
      },
      slot,
    );
  }

  #stop(which: (request: Cancellable, isSubmit: boolean) => boolean): void {
    for (const [request, isSubmit] of [...this.#requests]) {
      if (which(request, isSubmit)) request.stop();
    }
  }

  // ------------------------------------------------------------------------------------- waiting

  /** Waits for an input, or until that time. With `pollOnce` it returns once the poll has ended. */
  async #next(at: number): Promise<Polled | undefined> {
    // The timers count too, so that a clock that is set back makes no wait longer.
    let left = at - Date.now();
    while (this.#inputs.length === 0) {
      if (this.#signal?.aborted && !this.#mustFinish()) {
        if (this.#abandonUnsubmitted()) return undefined;
        throw this.#signal.reason;
      }
      if (this.#pollOnce && this.#lastResult && this.#isIdle()) return this.#polled(this.#lastResult);
      if (Date.now() >= at || left <= 0) return undefined;
      const ms = Math.min(left, MAX_WAIT_MS);
      if (await this.#pause(ms)) left -= ms;
    }
    return undefined;
  }

  /** Resolves with `true` after that time, or earlier on any event. */
  #pause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wake = (isOver = false) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(isOver);
      };
      this.#waiting.add(wake);
      if (ms < Infinity) timer = setTimeout(() => wake(true), ms);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Whether a write or a submit is in progress, which an abort does not interrupt. */
  #mustFinish(): boolean {
    return this.#pendingSaves > 0 || [...this.#requests.values()].some((isSubmit) => isSubmit);
  }

  #isIdle(): boolean {
    return this.#pendingSaves === 0 && this.#requests.size === 0;
  }

  #polled(result: ResponseInput | TransportError): Polled {
    const { handle, consecutiveErrors } = this.state;
    const error = consecutiveErrors === 0 ? undefined : pollFailed(handle, result, this.lastFailure);
    return { type: "polled", error };
  }

  #abort(): void {
    this.#abandonUnsubmitted();
    this.#stop((request, isSubmit) => !isSubmit || !request.isSent);
    this.#wake();
  }

  /**
   * Ends a job that no provider has, also between two submits that were rate limited: a later resume would send it, while its
   * caller may have submitted again. Returns whether it does so now.
   */
  #abandonUnsubmitted(): boolean {
    const isAnswered = this.#inputs.some(({ type }) => type === "response" || type === "failed");
    const isSent = [...this.#requests].some(([request, isSubmit]) => isSubmit && request.isSent);
    if (this.#isAbandoned || isAnswered || isSent || this.state.status !== "submitting") return false;
    this.#isAbandoned = true;
    this.#inputs.unshift({ type: "abandon" });
    return true;
  }

  /** Waits for a write until the job's time limit. A later one is not reported, but a later save continues from it. */
  async #save({ revision, record }: Save): Promise<void> {
    const left = Math.max(this.#writesDue - performance.now(), MIN_WRITE_MS);
    const late = new Error("The store did not answer before the timeout.");
    let isWritten = false;
    try {
      isWritten = await within(this.#write(record), left, () => late);
    } catch {
      this.#mayBeWritten = true;
      this.lastFailure = late;
    }
    this.#pendingSaves -= 1;
    if (!isWritten && !isFirst(record, this.#revision)) this.#onWriteFailed();
    this.enqueue({ type: isWritten ? "saved" : "save_failed", revision });
  }

  #write(record: JobRecord): Promise<boolean> {
    this.#pendingWrites += 1;
    const write = this.#writes.then(() => this.#put(record));
    this.#writes = write.finally(() => (this.#pendingWrites -= 1));
    return write;
  }

  /** Whether the store has the record. Never rejects. */
  async #put(core: JobRecord): Promise<boolean> {
    const { id } = core.handle;
    const record = this.#requestDigest === undefined ? core : { ...core, requestDigest: this.#requestDigest };
    try {
      if (await this.#store.put(id, record, this.#revision)) {
        this.#revision += 1;
        this.#unwritten = undefined;
        return true;
      }
      // Another writer was first, and its record stays, unless it lacks the paid job's id.
      this.#unwritten = undefined;
      const entry = isAccepted(record) ? await this.#store.get(id) : undefined;
      if (!entry || isAccepted(entry.record)) return false;
      this.#revision = entry.revision;
      const isWritten = await this.#store.put(id, record, this.#revision);
      if (isWritten) this.#revision += 1;
      return isWritten;
    } catch (error) {
      this.lastFailure = error;
    }
    this.#mayBeWritten = true;
    // The first record counts as not stored, and is removed.
    if (isFirst(record, this.#revision)) return false;
    this.#unwritten = record;
    const entry = await this.#store.get(id).catch(() => undefined);
    if (entry?.revision !== this.#revision + 1) return false;
    // It was written before the store threw: no other process writes while the lease is held.
    this.#revision += 1;
    this.#unwritten = undefined;
    return true;
  }
}

/** Whether it is the record of a new job, of which nothing was sent. */
function isFirst({ handle }: JobRecord, revision: number): boolean {
  return revision === 0 && handle.submittedAt === undefined;
}

const isAccepted = ({ handle }: JobRecord): boolean => handle.jobId !== undefined || handle.acceptedAt !== undefined;

/** The error of a poll that failed. It says nothing about the job itself. */
function pollFailed(handle: Handle, result: ResponseInput | TransportError, cause: unknown): FilmgateError {
  const { code, problem } = problemOf(result);
  return new FilmgateError({
    code,
    message: `${problem} The job itself continues. Poll again later.`,
    provider: handle.provider,
    charge: "unknown",
    handle,
    cause,
  });
}

function problemOf(result: ResponseInput | TransportError): { code: ErrorCode; problem: string } {
  if (result.type === "failed") {
    return { code: "connection_error", problem: "The poll received no response." };
  }
  const { status } = result;
  const problem = `The response to the poll (HTTP ${status}) says nothing about the job.`;
  if (status === 401 || status === 403) return { code: "unauthorized", problem };
  return { code: status === 429 ? "rate_limited" : "invalid_response", problem };
}
