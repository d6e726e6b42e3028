// The module's one instance. A trap takes an instance with it: the next call makes a fresh one. Nothing is lost,
// since jobs keep their states outside, and the loop holds the promises that the network is to settle.
import * as glue from "../glue.js";
import { FilmgateError } from "../error.js";

/** More microtasks than any that a dead instance has queued are away from running. */
const MICROTASKS = 16;

let makeModule: (() => WebAssembly.Module) | undefined;
let current: Instance | undefined;

/** Says where the module comes from; it is compiled on the first call. */
export function provide(make: () => WebAssembly.Module): void {
  makeModule = make;
}

/**
 * An instance, from its start to a trap.
 *
 * Asynchronous Rust leaves closures in JavaScript, and wasm-bindgen throws in one whose instance is gone. So
 * no promise that is handed to an instance settles once that is dead, and no fresh one takes its place while
 * a microtask of its own is still queued.
 */
export class Instance {
  isDead = false;
  /** Resolves when a trap has taken it. */
  readonly died: Promise<void>;
  #die!: () => void;
  /** Asynchronous calls that a queued microtask will go on with. */
  #turns = new Set<object>();

  constructor() {
    this.died = new Promise((resolve) => (this.#die = resolve));
  }

  /** Whether its queued microtasks have all run. */
  get isIdle(): boolean {
    return this.#turns.size === 0;
  }

  end(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#die();
    void microtasks().then(() => this.#turns.clear());
  }

  /** A microtask of the module's is queued for this call. */
  begin(call: object): void {
    this.#turns.add(call);
  }

  /** It has run. */
  pause(call: object): void {
    this.#turns.delete(call);
  }

  /** The promise as this instance may have it: it settles alike, and never after the instance is dead. */
  guard<T>(call: object, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        if (this.isDead) return;
        this.begin(call);
        how();
      };
      promise.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }
}

/** Runs `use` on the instance. A trap becomes an error, and the next call finds a fresh instance. */
export function call<T>(use: (core: typeof glue, instance: Instance) => T): T {
  const instance = ready();
  try {
    return use(glue, instance);
  } catch (error) {
    instance.end();
    throw broken(error);
  }
}

/** Resolves once the next call can have an instance. */
export async function ensureReady(): Promise<void> {
  if (current?.isDead && !current.isIdle) await microtasks();
}

function ready(): Instance {
  if (current && !current.isDead) return current;
  // A closure of the dead instance is about to be called: it must still be the one that there is.
  if (current && !current.isIdle) throw broken(undefined);
  if (current) glue.__wbg_reset_state();
  else glue.initSync({ module: compiled() });
  return (current = new Instance());
}

function compiled(): WebAssembly.Module {
  if (makeModule) return makeModule();
  throw new FilmgateError({
    code: "internal_error",
    message:
      "No module: call `initWasm` first, or import `filmgate` in place of `filmgate/slim`.",
  });
}

/** Resolves after all microtasks that are queued by now, and those that they queue. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < MICROTASKS; turn++) await undefined;
}

function broken(cause: unknown): FilmgateError {
  return new FilmgateError({
    code: "internal_error",
    message: "filmgate's module broke on this call. Jobs go on from their records.",
    charge: "unknown",
    cause,
  });
}
