// The entry for workerd, which does not compile bytes at run time but imports modules.
import module from "./filmgate.wasm";
import { setModule } from "./core/core.js";

setModule(() => module);

export * from "./exports.js";
