// Without the module's bytes: the caller brings them, and so decides how they travel.
import { provide } from "./core/instance.js";

/** `WebAssembly.Module`, where a program's libraries know it: those of Node, without the DOM's, do not. */
export type CompiledModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : never;

/** Hands over the module, before the first call: compiled, or its bytes. */
export function initWasm(module: CompiledModule | ArrayBuffer | ArrayBufferView): void {
  const compiled = () =>
    module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module as BufferSource);
  provide(compiled);
}

export * from "./exports.js";
