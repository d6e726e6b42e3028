// The default entry. It contains the module's bytes and compiles them on the first call.
import letters from "./inline.js";
import { provide } from "./core/instance.js";
import { fromLetters } from "./core/inline-wasm.js";

provide(() => new WebAssembly.Module(fromLetters(letters)));

export * from "./exports.js";
