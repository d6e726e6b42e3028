// The module's one instance. A trap takes an instance with it: a fresh one is made, and the jobs that
// were driven by the old one are told, so that they go on from their states, which are kept outside.
// What the old one had left to be called back is silent: scripts/build.mjs sees to that.
import * as glue from "./glue.js";
import { FilmgateError } from "./error.js";

/** Thrown into a job whose instance is gone; the cause is there where its own step broke it. */
export class InstanceGone extends Error {}

let makeModule: (() => WebAssembly.Module) | undefined;
let running = false;
let trapped = false;
/** Calls on the stack: a getter of a caller's object can call in again. */
let depth = 0;
const watchers = new Set<() => void>();

/** Says where the module comes from; it is compiled on the first call. */
export function provide(make: () => WebAssembly.Module): void {
  makeModule = make;
}

/** Runs `use` on the instance. A trap becomes an error, and the next call finds a fresh instance. */
export function call<T>(use: (core: typeof glue) => T): T {
  if (depth === 0) ready();
  else if (trapped) throw broken(undefined);
  depth += 1;
  try {
    return use(glue);
  } catch (error) {
    noteTrap();
    throw broken(error);
  } finally {
    depth -= 1;
  }
}

/** Runs a step that the module itself asked for: its frames are on the stack, so nothing is reset here. */
export function nested<T>(use: (core: typeof glue) => T): T {
  if (trapped) throw new InstanceGone();
  try {
    return use(glue);
  } catch (cause) {
    noteTrap();
    throw new InstanceGone("The step broke the module.", { cause });
  }
}

/** Calls `gone` when the instance that is running now has been replaced. Answers with a way to stop watching. */
export function watch(gone: () => void): () => void {
  watchers.add(gone);
  return () => watchers.delete(gone);
}

function ready(): void {
  if (trapped) restart();
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

// Exports answer and never throw, so that whatever comes out of one has unwound its frames.
function noteTrap(): void {
  if (trapped) return;
  trapped = true;
  queueMicrotask(() => trapped && restart());
}

function broken(cause: unknown): FilmgateError {
  return new FilmgateError({
    code: "internal",
    message: "filmgate's module broke on this call. Jobs go on from their records.",
    charge: "unknown",
    cause,
  });
}

function restart(): void {
  glue.__wbg_reset_state();
  for (const gone of [...watchers]) {
    gone();
    watchers.delete(gone);
  }
  // Last of all: on a full stack any of this may fail, and is then done again by the next call.
  trapped = false;
}
