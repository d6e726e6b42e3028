// Cloudflare's engine refuses to compile bytes, and imports modules instead.
import module from "./filmgate.wasm";
import { provide } from "./core/instance.js";

provide(() => module);

export * from "./exports.js";
