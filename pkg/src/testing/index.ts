// The default entry. It contains the simulator's bytes and compiles them on the first call.
import { decodeWasm } from "../core/inline-wasm.js";
import encoded from "./inline.js";
import { openSimulator } from "./simulator.js";
import type { Simulator, SimulatorOptions } from "./types.js";

/** Creates simulated providers in this process: no server, key or network is needed. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  return openSimulator(() => new WebAssembly.Module(decodeWasm(encoded)), options);
}

export type * from "./types.js";
