// The default entry: the module's bytes travel inside, and are compiled on the first call.
import letters from "./inline.js";
import { provide } from "./core/instance.js";
import { fromLetters } from "./core/inline-wasm.js";

provide(() => new WebAssembly.Module(fromLetters(letters)));

export * from "./exports.js";
