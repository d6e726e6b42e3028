// The entry for workerd, which does not compile bytes at run time but imports modules.
import module from "./filmgate.wasm";
import { provide } from "./core/instance.js";

provide(() => module);

export * from "./exports.js";
