// The module's one instance. A trap takes an instance with it: a fresh one is made, and the jobs that
// were on the old one are told, so that they go on from their records.
import * as glue from "./glue.js";
import { FilmgateError } from "./error.js";

/** Thrown into a job whose instance is gone. */
export class InstanceGone extends Error {}

let makeModule: (() => WebAssembly.Module) | undefined;
let module: WebAssembly.Module | undefined;
let running = false;
let trapped = false;
let generation = 0;
const watchers = new Set<() => void>();

/** Says where the module comes from; it is compiled on the first call. */
export function provide(make: () => WebAssembly.Module): void {
  makeModule = make;
}

/** Runs `use` on the instance. A trap becomes an error, and the next call finds a fresh instance. */
export function call<T>(use: (core: typeof glue) => T): T {
  if (trapped) restart();
  if (!running) {
    if (!makeModule) {
      throw new FilmgateError({
        code: "internal",
        message: "No module: call `provideModule` first, or import `filmgate` in place of `filmgate/slim`.",
      });
    }
    module ??= makeModule();
    glue.initSync({ module });
    running = true;
  }
  try {
    return use(glue);
  } catch (error) {
    throw noticed(error);
  }
}

/** Runs a step that the module itself asked for: its frames are on the stack, so nothing is reset here. */
export function nested<T>(use: (core: typeof glue) => T): T {
  if (trapped) throw new InstanceGone();
  try {
    return use(glue);
  } catch (error) {
    throw noticed(error) instanceof FilmgateError ? new InstanceGone() : error;
  }
}

/** Calls `gone` when the instance that is running now has been replaced. Answers with a way to stop watching. */
export function watch(gone: () => void): () => void {
  watchers.add(gone);
  return () => watchers.delete(gone);
}

/** A promise that stays silent once its instance is gone: an old instance's callbacks must not run. */
export function guarded<T>(promise: Promise<T>): Promise<T> {
  const born = generation;
  return new Promise((resolve, reject) => {
    promise.then(
      (value) => born === generation && resolve(value),
      (error: unknown) => born === generation && reject(error),
    );
  });
}

function noticed(error: unknown): unknown {
  const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
  if (!isTrap) return error;
  trapped = true;
  queueMicrotask(() => trapped && restart());
  return new FilmgateError({
    code: "internal",
    message: "filmgate's module broke on this call. Jobs go on from their records.",
    charge: "unknown",
    cause: error,
  });
}

function restart(): void {
  trapped = false;
  generation += 1;
  glue.__wbg_reset_state();
  for (const gone of [...watchers]) gone();
}
