// The entry without the module: the application loads it in its own way.
import { setModule } from "./core/core.js";

/** `WebAssembly.Module`, if the program's type libraries have it. Node's without the DOM's do not. */
export type CompiledModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : never;

/** Sets the WebAssembly module, compiled or as bytes. Call it once, before any other function of the package. */
export function initWasm(module: CompiledModule | ArrayBuffer | ArrayBufferView): void {
  const compile = () =>
    module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module as BufferSource);
  setModule(compile, async () =>
    module instanceof WebAssembly.Module ? module : WebAssembly.compile(module as BufferSource),
  );
}

export * from "./exports.js";
