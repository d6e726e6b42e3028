// The default entry: the module's bytes travel inside, and are compiled on the first call.
import base64 from "./inline.js";
import { fromBase64 } from "./bytes.js";
import { provide } from "./core.js";

provide(() => new WebAssembly.Module(fromBase64(base64)));

export * from "./exports.js";
