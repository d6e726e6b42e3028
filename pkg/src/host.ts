import { InstanceGone, guarded, nested, watch } from "./core.js";
import type { Connection } from "./connection.js";
import type { Input, JobState, Output, Step } from "./wire.js";
import type { Store } from "./types.js";

// Timers hold 31 bits; a later time is reached in several waits.
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** What the driver in the module asks of its surroundings, for one job. */
export class Host {
  readonly baseURL: string;
  state: JobState;
  /** Rejects when the module's instance is gone. */
  readonly gone: Promise<never>;
  /** What the last failed request threw. */
  lastFailure: unknown;
  readonly #connection: Connection;
  readonly #store: Store;
  readonly #signal: AbortSignal | undefined;
  readonly #tell: (output: Output) => void;
  readonly #ended = new AbortController();
  #inputs: unknown[] = [];
  #wake: (() => void) | undefined;
  #unwatch: () => void = () => {};

  constructor(
    state: JobState,
    connection: Connection,
    store: Store,
    tell: (output: Output) => void,
    signal?: AbortSignal,
  ) {
    this.state = state;
    this.baseURL = connection.baseURL;
    this.#connection = connection;
    this.#store = store;
    this.#tell = tell;
    this.#signal = signal;
    this.gone = new Promise((_, reject) => {
      this.#unwatch = watch(() => reject(new InstanceGone()));
    });
    this.gone.catch(() => {});
  }

  /** Stops all that is under way: nobody waits for it any longer. */
  end(): void {
    this.#unwatch();
    this.#ended.abort();
  }

  step(input: unknown): Output[] {
    const step = nested((core) => core.advance(this.state, Date.now(), input)) as Step;
    this.state = step.state;
    return step.outputs;
  }

  post(input: unknown): void {
    this.#inputs.push(input);
    this.#wake?.();
  }

  next(at: number): Promise<unknown> {
    return guarded(this.#next(at));
  }

  async #next(at: number): Promise<unknown> {
    this.#signal?.throwIfAborted();
    if (this.#inputs.length === 0) await this.#pause(at);
    this.#signal?.throwIfAborted();
    return this.#inputs.shift() ?? ({ type: "timeout" } satisfies Input);
  }

  #pause(at: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#signal?.removeEventListener("abort", wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, Math.min(Math.max(at - Date.now(), 0), LONGEST_WAIT_MS));
      this.#signal?.addEventListener("abort", wake);
      this.#wake = wake;
    });
  }

  save(revision: number, record: JobState): Promise<boolean> {
    return guarded(this.#store.put(record.handle.key, record, revision - 1));
  }

  headers(): Promise<Headers> {
    return guarded(this.#noting(this.#connection.headers()));
  }

  fetch(request: Request): Promise<Response> {
    return guarded(this.#noting(this.#connection.fetch(request)));
  }

  async #noting<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      this.lastFailure = error;
      throw error;
    }
  }

  signal(deadline: number): AbortSignal {
    const limit = AbortSignal.timeout(Math.min(Math.max(deadline - Date.now(), 0), LONGEST_WAIT_MS));
    const signals = [limit, this.#ended.signal];
    return AbortSignal.any(this.#signal ? [...signals, this.#signal] : signals);
  }

  emit(output: Output): void {
    this.#tell(output);
  }
}
