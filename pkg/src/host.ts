import { onAbort } from "./abort.js";
import { InstanceGone, nested } from "./core.js";
import type { Connection } from "./connection.js";
import { Flight } from "./flight.js";
import { LONGEST_WAIT_MS } from "./wire.js";
import type { Input, JobState, Output, Save, Step, Transmit } from "./wire.js";
import type { Store } from "./types.js";

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
  /** Steps in a row that broke the module. */
  strikes = 0;
  readonly #connection: Connection;
  readonly #store: Store;
  readonly #signal: AbortSignal | undefined;
  readonly #tell: (output: Output) => void;
  readonly #flights = new Map<Flight, { isSubmit: boolean }>();
  readonly #unlisten: () => void;
  #outputs: Output[];
  #inputs: Input[] = [];
  #saving = 0;
  /** Names the wait that counts: one on an instance that is gone does not. */
  #waits = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    step: Step,
    connection: Connection,
    store: Store,
    tell: (output: Output) => void,
    signal?: AbortSignal,
  ) {
    this.state = step.state;
    this.#outputs = step.outputs;
    this.#connection = connection;
    this.#store = store;
    this.#tell = tell;
    this.#signal = signal;
    this.#unlisten = onAbort(signal, () => this.#abort());
    if (signal?.aborted) this.#abort();
  }

  /** Stops what is under way: nobody waits for it any longer. */
  end(): void {
    this.#unlisten();
    for (const flight of [...this.#flights.keys()]) flight.stop();
    this.#waits += 1;
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

  // ------------------------------------------------------------------------------ for the driver

  take(): Output[] {
    return this.#outputs.splice(0);
  }

  next(at: number): Promise<void> {
    return this.#next(at, ++this.#waits);
  }

  step(): void {
    const input = this.#inputs[0] ?? ({ type: "timeout" } satisfies Input);
    let step: Step;
    try {
      step = nested((core) => core.advance(this.state, Date.now(), input)) as Step;
    } catch (error) {
      if (error instanceof InstanceGone && error.cause !== undefined) this.strikes += 1;
      throw error;
    }
    this.#inputs.shift();
    this.strikes = 0;
    this.state = step.state;
    this.#outputs = step.outputs;
  }

  save(output: Save): void {
    this.#saving += 1;
    void this.#save(output);
  }

  transmit(output: Transmit): void {
    const isSubmit = this.state.status === "submitting";
    const flight = new Flight(output, this.#connection, (input, thrown) => {
      this.#flights.delete(flight);
      this.lastFailure = thrown;
      this.post(input);
    });
    this.#flights.set(flight, { isSubmit });
    if (this.#signal?.aborted) flight.stop();
  }

  emit(output: Output): void {
    this.#tell(output);
  }

  // ------------------------------------------------------------------------------------- waiting

  async #next(at: number, wait: number): Promise<void> {
    while (wait === this.#waits && this.#inputs.length === 0) {
      if (this.#signal?.aborted && !this.#isOwed()) throw this.#signal.reason;
      if (Date.now() >= at) return;
      await this.#pause(at);
    }
  }

  /** Until that time, or until something has come in. */
  #pause(at: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      if (at === Infinity) return;
      timer = setTimeout(wake, Math.min(Math.max(at - Date.now(), 0), LONGEST_WAIT_MS));
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Whether something is on its way that must be heard, whoever has stopped waiting. */
  #isOwed(): boolean {
    return this.#saving > 0 || [...this.#flights.values()].some(({ isSubmit }) => isSubmit);
  }

  #abort(): void {
    // Before the submit has left there is nothing to go on with.
    const { status, handle } = this.state;
    if (status === "submitting" && handle.submittedAt === undefined) {
      this.#inputs.unshift({ type: "cancel" });
    }
    for (const [flight, { isSubmit }] of [...this.#flights]) {
      if (!isSubmit || !flight.hasLeft) flight.stop();
    }
    this.#wake();
  }

  async #save({ revision, record }: Save): Promise<void> {
    let written = false;
    try {
      // The module's frames are on the stack, and a caller's code must not run on top of them.
      await null;
      written = await this.#store.put(record.handle.key, record, revision - 1);
    } catch (error) {
      this.lastFailure = error;
    }
    this.#saving -= 1;
    this.post({ type: written ? "saved" : "save_failed", revision });
  }
}
