// filmgate itself, loaded after the form is shown: prices and submits need it, typing does not.

import { signal } from "@preact/signals";

export type Core = typeof import("./core-module.js");

export const core = signal<Core | undefined>(undefined);
/** Why filmgate could not be loaded, in words. */
export const coreFailure = signal<string | undefined>(undefined);

export async function loadCore(): Promise<void> {
  coreFailure.value = undefined;
  try {
    const module = await import("./core-module.js");
    await module.compileCore();
    core.value = module;
  } catch (error) {
    coreFailure.value =
      typeof WebAssembly === "undefined"
        ? "This browser has no WebAssembly, so that no price can be computed and nothing can be generated here."
        : `filmgate could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}
