// The entry for workerd, which does not compile bytes at run time but imports modules.
import module from "./simulator.wasm";
import { openSimulator } from "./simulator.js";
import type { Simulator, SimulatorOptions } from "./types.js";

/** Creates simulated providers in this process: no server, key or network is needed. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  return openSimulator(() => module, options);
}

export type * from "./types.js";
