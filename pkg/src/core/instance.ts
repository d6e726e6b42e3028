// The module's one instance. A trap takes an instance with it: the next call makes a fresh one. Nothing is lost,
// since jobs keep their states outside.
import * as glue from "../glue.js";
import { FilmgateError } from "../error.js";

let makeModule: (() => WebAssembly.Module) | undefined;
let running = false;
let trapped = false;

/** Says where the module comes from; it is compiled on the first call. */
export function provide(make: () => WebAssembly.Module): void {
  makeModule = make;
}

/** Runs `use` on the instance. A trap becomes an error, and the next call finds a fresh instance. */
export function call<T>(use: (core: typeof glue) => T): T {
  ready();
  try {
    return use(glue);
  } catch (error) {
    trapped = true;
    throw broken(error);
  }
}

function ready(): void {
  if (trapped) glue.__wbg_reset_state();
  trapped = false;
  if (running) return;
  if (!makeModule) {
    throw new FilmgateError({
      code: "internal",
      message:
        "No module: call `provideModule` first, or import `filmgate` in place of `filmgate/slim`.",
    });
  }
  glue.initSync({ module: makeModule() });
  running = true;
}

function broken(cause: unknown): FilmgateError {
  return new FilmgateError({
    code: "internal",
    message: "filmgate's module broke on this call. Jobs go on from their records.",
    charge: "unknown",
    cause,
  });
}
