// The entry without the module: the application loads it in its own way.
import { setModule } from "./core/core.js";
import { bytesOf } from "./util/images.js";

/** `WebAssembly.Module`, if the program's type libraries have it. Node's without the DOM's do not. */
export type CompiledModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : never;

/**
 * Sets the WebAssembly module, compiled or as bytes, which are copied. Call it once, before any other function of the
 * package.
 */
export function initWasm(module: CompiledModule | ArrayBuffer | ArrayBufferView): void {
  const source = copyOf(module);
  const compile = () =>
    source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source as BufferSource);
  setModule(compile, async () =>
    source instanceof WebAssembly.Module ? source : WebAssembly.compile(source as BufferSource),
  );
}

/** Compiling comes later, when the caller may have transferred the buffer or use it for something else. */
function copyOf(module: unknown): unknown {
  try {
    return bytesOf(module)?.slice() ?? module;
  } catch {
    // The buffer is detached already. The first call reports that it does not compile.
    return module;
  }
}

export * from "./exports.js";
