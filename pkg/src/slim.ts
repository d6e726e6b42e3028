// Without the module's bytes: the caller brings them, and so decides how they travel.
import { provide } from "./core.js";

/** Hands over the module, before the first call: compiled, or its bytes. */
export function provideModule(module: WebAssembly.Module | BufferSource): void {
  provide(() => (module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module)));
}

export * from "./exports.js";
