import { onAbort } from "../util/abort.js";
import { pollFailed } from "./poll-once.js";
import type { Hear } from "./batch.js";
import { advance } from "../core/core.js";
import { ensureReady } from "../core/instance.js";
import type { Connection } from "./connection.js";
import { Flight } from "./http-request.js";
import type { Place } from "./limiter.js";
import type { Answered, Done, Failed, Input, JobState, Output, Save, Step, Transmit } from "../core/protocol.js";
import type { FilmgateError } from "../error.js";
import type { Store } from "../types/index.js";

/** What `once` ends with, if the poll did not end the job: what has failed, if anything. */
export interface Polled {
  type: "polled";
  error: FilmgateError | undefined;
}

/**
 * So often, at least, a waiting host looks at the clock: timers stand still while a laptop sleeps, and
 * what a provider keeps, it keeps by the hour.
 */
const LOOK_MS = 5_000;

// A module that breaks on one step again and again will not film it.
const MOST_STRIKES = 3;

/** The module has broken on a step, on several instances. */
export class Broken extends Error {
  constructor(cause: unknown) {
    super("The step broke the module.", { cause });
  }
}

/** How a host is watched and held. */
interface HostOptions {
  signal?: AbortSignal | undefined;
  place?: Place | undefined;
  /** It ends as soon as one poll has been answered. */
  once?: boolean | undefined;
}

/** A request on its way. */
interface Trip {
  readonly hasLeft: boolean;
  stop(): void;
}

/**
 * What the driver in the module asks of its surroundings, for one job. All that a trap must not take is
 * kept here: the state, the inputs, and what is on its way.
 *
 * An abort ends the waiting at once, except for two things that money hangs on: a submit that has left
 * is heard to its end, and what is being stored is stored.
 */
export class Host {
  state: JobState;
  /** What the last failed request, or the store, threw. */
  lastFailure: unknown;
  readonly #connection: Connection;
  readonly #store: Store;
  readonly #signal: AbortSignal | undefined;
  readonly #tell: (output: Output) => void;
  readonly #once: boolean;
  /** The last answer; a request that had none counts as one. */
  #answer: Answered | Failed | undefined;
  /** What is under way, and whether it is a submit. */
  readonly #trips = new Map<Trip, boolean>();
  /** The first request's place, which was waited for before anything was stored. */
  #place: Place | undefined;
  readonly #unlisten: () => void;
  #outputs: Output[];
  #inputs: Input[] = [];
  #saving = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    step: Step,
    connection: Connection,
    store: Store,
    tell: (output: Output) => void,
    { signal, place, once = false }: HostOptions,
  ) {
    this.state = step.state;
    this.#outputs = step.outputs;
    this.#connection = connection;
    this.#store = store;
    this.#tell = tell;
    this.#signal = signal;
    this.#place = place;
    this.#once = once;
    this.#unlisten = onAbort(signal, () => this.#abort());
    if (signal?.aborted) this.#abort();
  }

  /** Stops what is under way: nobody waits for it any longer. */
  end(): void {
    this.#unlisten();
    for (const trip of [...this.#trips.keys()]) trip.stop();
    this.#place?.leave();
    this.#wake();
  }

  /** Resolves once nothing is being stored. */
  async settled(): Promise<void> {
    while (this.#saving > 0) await this.#pause(Infinity);
  }

  post(input: Input): void {
    this.#inputs.push(input);
    this.#wake();
  }

  cancel(): void {
    this.post({ type: "cancel" });
    // What has not left can be kept from leaving.
    this.#stop((trip, isSubmit) => isSubmit && !trip.hasLeft);
  }

  /** Drives the job to its end, or, with `once`, to the response of one poll. */
  async drive(): Promise<Done | Polled> {
    for (;;) {
      let at = Infinity;
      for (const output of this.#outputs.splice(0)) {
        if (output.type === "done") return output;
        if (output.type === "save") this.#startSave(output);
        else if (output.type === "transmit") this.#transmit(output);
        else if (output.type === "timeout") ({ at } = output);
        else this.#tell(output);
      }
      const polled = await this.#next(at);
      if (polled) return polled;
      await this.#step();
    }
  }

  /** Advances the job by the next input; on a fresh instance where one broke on it. */
  async #step(): Promise<void> {
    const input = this.#inputs[0] ?? ({ type: "timeout" } satisfies Input);
    for (let strikes = 1; ; strikes++) {
      try {
        const step = advance(this.state, input);
        if (!step) throw new TypeError("The job's state is not one of filmgate's.");
        this.#inputs.shift();
        this.state = step.state;
        this.#outputs = step.outputs;
        return;
      } catch (error) {
        if (strikes >= MOST_STRIKES) throw new Broken(error);
        await ensureReady();
      }
    }
  }

  #startSave(output: Save): void {
    this.#saving += 1;
    void this.#save(output);
  }

  #transmit(output: Transmit): void {
    // The machine waits for one request at a time: it has given up any question before this one.
    this.#stop((_, isSubmit) => !isSubmit);
    const isSubmit = this.state.requests.inFlight?.kind === "submit";
    const hear: Hear = (input, thrown) => {
      if (input.type === "response" || input.type === "failed") {
        this.#trips.delete(trip);
        this.lastFailure = thrown;
        this.#answer = input;
      }
      this.post(input);
    };
    const trip = output.batchable ? this.#connection.pool.join(output, hear) : this.#fly(output, hear);
    this.#trips.set(trip, isSubmit);
    // Only its own time limit may call a submit lost: a clock that jumps may not.
    if (isSubmit) this.post({ type: "held", id: output.id });
    if (this.#signal?.aborted) trip.stop();
  }

  // ------------------------------------------------------------------------------------ requests

  #fly(output: Transmit, hear: Hear): Trip {
    const { id, path, limitMs, body, sendNowOrFail } = output;
    const ask = this.state.requests.inFlight?.kind;
    const place = this.#place;
    this.#place = undefined;
    return new Flight(
      this.#connection,
      {
        path,
        limitMs,
        // The machine itself gives up a question; a submit it leaves to us.
        patienceMs: ask === "submit" ? this.state.deadline - Date.now() : Infinity,
        isUrgent: ask === "submit" || ask === "cancel",
        sendNowOrFail,
        load: () => body,
        held: () => hear({ type: "held", id }),
        left: () => ask !== "submit" && hear({ type: "left", id }),
        landed: (landing, thrown) => hear({ ...landing, id } as Input, thrown),
      },
      place,
    );
  }

  #stop(which: (trip: Trip, isSubmit: boolean) => boolean): void {
    for (const [trip, isSubmit] of [...this.#trips]) {
      if (which(trip, isSubmit)) trip.stop();
    }
  }

  // ------------------------------------------------------------------------------------- waiting

  /** Waits for an input, or until that time; returns what `once` ends with, as soon as it can. */
  async #next(at: number): Promise<Polled | undefined> {
    // What the timers have let pass counts too: a clock that is set back makes no wait longer.
    let left = at - Date.now();
    while (this.#inputs.length === 0) {
      if (this.#signal?.aborted && !this.#isOwed()) throw this.#signal.reason;
      if (this.#once && this.#answer && this.#isIdle()) return this.#polled(this.#answer);
      if (Date.now() >= at || left <= 0) return undefined;
      const ms = Math.min(left, LOOK_MS);
      if (await this.#pause(ms)) left -= ms;
    }
    return undefined;
  }

  /** Resolves after that time, with `true`, or as soon as something has come in. */
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

  /** Whether something is on its way that must be heard, whoever has stopped waiting. */
  #isOwed(): boolean {
    return this.#saving > 0 || [...this.#trips.values()].some((isSubmit) => isSubmit);
  }

  #isIdle(): boolean {
    return this.#saving === 0 && this.#trips.size === 0;
  }

  #polled(answer: Answered | Failed): Polled {
    const { handle, requests } = this.state;
    const error = requests.consecutiveErrors === 0 ? undefined : pollFailed(handle, answer, this.lastFailure);
    return { type: "polled", error };
  }

  #abort(): void {
    // Before the submit has left there is nothing to go on with.
    const { status, handle } = this.state;
    if (status === "submitting" && handle.submittedAt === undefined) {
      this.#inputs.unshift({ type: "cancel" });
    }
    this.#stop((trip, isSubmit) => !isSubmit || !trip.hasLeft);
    this.#wake();
  }

  async #save({ revision, record }: Save): Promise<void> {
    let written = false;
    try {
      written = await this.#store.put(record.handle.id, record, revision - 1);
    } catch (error) {
      this.lastFailure = error;
    }
    this.#saving -= 1;
    this.post({ type: written ? "saved" : "save_failed", revision });
  }
}
