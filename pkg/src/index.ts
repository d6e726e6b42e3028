// The default entry. It contains the module's bytes and compiles them on the first call.
import encoded from "./inline.js";
import { setModule } from "./core/core.js";
import { decodeWasm } from "./core/inline-wasm.js";

setModule(
  () => new WebAssembly.Module(decodeWasm(encoded)),
  async () => WebAssembly.compile(decodeWasm(encoded)),
);

export * from "./exports.js";
