// The module's one instance. A trap destroys it, and the next call creates another. Nothing is lost: jobs keep their
// states outside, and the driver holds the promises of the network.
import * as glue from "../glue.js";
import { FilmgateError } from "../error.js";

/** More microtasks than any that a dead instance has queued needs to run. */
const DRAIN_MICROTASKS = 16;

let makeModule: (() => WebAssembly.Module) | undefined;
let compileModule: (() => Promise<WebAssembly.Module>) | undefined;
/** While the module is compiled in the background. */
let compiling: Promise<void> | undefined;
let current: Instance | undefined;

/** Sets where the module comes from. It is compiled on the first call, or before it, by `compile`. */
export function setModule(make: () => WebAssembly.Module, compile?: () => Promise<WebAssembly.Module>): void {
  makeModule = make;
  compileModule = compile;
  compiling = undefined;
}

/** Compiles the module in the background, if no call has compiled it yet. */
export async function compileAhead(): Promise<void> {
  if (!current && compileModule) await (compiling ??= compileInBackground(compileModule));
}

async function compileInBackground(compile: () => Promise<WebAssembly.Module>): Promise<void> {
  const make = makeModule;
  // A failure is reported by the call, which compiles it again.
  const module = await compile().catch(() => undefined);
  if (make !== makeModule) return;
  if (module) makeModule = () => module;
  else compiling = undefined;
}

/**
 * An instance, from its start to a trap.
 *
 * Asynchronous Rust leaves closures in JavaScript, and wasm-bindgen throws in a closure whose instance is gone. So
 * a promise that was passed to an instance never settles once the instance is dead, and no new instance replaces it
 * while one of its microtasks is still queued.
 */
export class Instance {
  isDead = false;
  /** Called when a trap destroys the instance. */
  readonly #onDeath = new Set<() => void>();
  /** Asynchronous calls that a queued microtask will continue. */
  readonly #queued = new Set<object>();
  /** Number of microtasks queued so far. */
  #count = 0;

  /** Whether none of its microtasks is queued. */
  get isIdle(): boolean {
    return this.#queued.size === 0;
  }

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    for (const listener of this.#onDeath) listener();
    this.#onDeath.clear();
    void drainMicrotasks().then(() => this.#queued.clear());
  }

  /** The result of an asynchronous call, or `undefined` if the instance dies before. It retains nothing after that. */
  untilDeath<T>(result: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const onDeath = () => resolve(undefined);
      this.#onDeath.add(onDeath);
      const settle = (how: () => void) => {
        this.#onDeath.delete(onDeath);
        how();
      };
      result.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  /** A microtask of the module is queued for this call. If it traps, the call neither waits nor ends. */
  queued(call: object): void {
    this.#queued.add(call);
    const count = (this.#count += 1);
    void drainMicrotasks().then(() => {
      if (this.#queued.has(call) && this.#count === count) this.kill();
    });
  }

  /** The microtask has run, or the call waits for a promise. */
  waiting(call: object): void {
    this.#queued.delete(call);
  }

  /** A promise that settles like the given one, but never after the instance is dead. */
  wrap<T>(call: object, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        if (this.isDead) return;
        this.queued(call);
        how();
      };
      promise.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }
}

/** Calls an instance's exports: those of `glue.js`, which has one. A trap becomes an error, and the next call gets a new instance. */
export function call<T>(use: (instance: Instance) => T): T {
  const instance = ready();
  try {
    return use(instance);
  } catch (error) {
    instance.kill();
    throw trapError(error);
  }
}

/**
 * Whether the next call can have an instance: not while a closure of a dead one is about to run, which must still find
 * it. Check it directly before the call, since another call may trap in any microtask between.
 */
export function isReady(): boolean {
  return !current?.isDead || current.isIdle;
}

/** Resolves once the queued microtasks of a dead instance have run. */
export async function ensureReady(): Promise<void> {
  while (!isReady()) await drainMicrotasks();
}

function ready(): Instance {
  if (current && !current.isDead) return current;
  if (!isReady()) throw trapError(undefined);
  if (current) glue.__wbg_reset_state();
  else load();
  return (current = new Instance());
}

function load(): void {
  if (!makeModule) {
    throw unavailable(
      "The WebAssembly module is not set. Call `initWasm` first, or import `filmgate` instead of `filmgate/slim`.",
    );
  }
  // React Native's engine has an empty object, or nothing.
  if (typeof globalThis.WebAssembly?.Module !== "function") {
    throw unavailable(
      "There is no WebAssembly here (React Native, iOS Lockdown Mode): use a gateway's HTTP API.",
    );
  }
  try {
    glue.initSync({ module: makeModule() });
  } catch (cause) {
    throw unavailable(
      "The WebAssembly module does not compile. If the page has a Content Security Policy, add 'wasm-unsafe-eval' " +
        "to script-src. If you call `initWasm`, pass this version's `filmgate.wasm`.",
      cause,
    );
  }
}

/** Resolves after all microtasks that are queued now, and those that they queue. */
async function drainMicrotasks(): Promise<void> {
  for (let turn = 0; turn < DRAIN_MICROTASKS; turn++) await undefined;
}

/** There is no module: no call has begun, so nothing was sent. */
function unavailable(message: string, cause?: unknown): FilmgateError {
  return new FilmgateError({ code: "internal_error", message, cause });
}

function trapError(cause: unknown): FilmgateError {
  return new FilmgateError({
    code: "internal_error",
    message: "The WebAssembly module crashed during this call. Jobs are not lost: they continue from their records.",
    charge: "unknown",
    cause,
  });
}
