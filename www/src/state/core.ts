// filmgate itself, loaded after the form is shown, and only what the environment needs: the client with its module, or
// the client of a gateway, which has none. Prices and submits need it, typing does not.

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { settings } from "./settings.js";
import { breathe } from "./ui.js";

export type Core = typeof import("./core-module.js");
export type GatewayCore = typeof import("./gateway-module.js");

export const core = signal<Core | undefined>(undefined);
export const gatewayCore = signal<GatewayCore | undefined>(undefined);
/** Why filmgate could not be loaded, in words. */
export const coreFailure = signal<string | undefined>(undefined);

/** Loads what the chosen environment needs. */
export const loadChosen = (): Promise<void> => (settings.environment.peek() === "gateway" ? loadGateway() : loadCore());

export const loadCore = (): Promise<void> =>
  load(core, async () => {
    const module = await import("./core-module.js");
    await module.compileCore();
    for (const call of module.FIRST_CALLS) {
      await breathe();
      call();
    }
    await breathe();
    return module;
  });

const loadGateway = (): Promise<void> => load(gatewayCore, () => import("./gateway-module.js"));

const loading = new Map<unknown, Promise<void>>();

/** Loads a part once; after a failure, again. */
function load<T>(part: Signal<T | undefined>, fetchPart: () => Promise<T>): Promise<void> {
  coreFailure.value = undefined;
  let current = loading.get(part);
  if (!current) {
    current = fetchPart().then(
      (loaded) => void (part.value = loaded),
      (error: unknown) => {
        loading.delete(part);
        coreFailure.value = failureText(error);
      },
    );
    loading.set(part, current);
  }
  return current;
}

function failureText(error: unknown): string {
  if (typeof WebAssembly === "undefined") {
    return "This browser has no WebAssembly. Choose a gateway in the environment menu: it computes the prices, and generates.";
  }
  return `filmgate could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
}
