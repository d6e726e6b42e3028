// The default entry: the simulator's bytes travel inside, and are compiled by the first call.
import { fromLetters } from "../core/inline-wasm.js";
import letters from "./inline.js";
import { openSimulator } from "./simulator.js";
import type { Simulator, SimulatorOptions } from "./types.js";

/** Makes RunPod and Runware, simulated in this process: without a server, a key or a network. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  return openSimulator(() => new WebAssembly.Module(fromLetters(letters)), options);
}

export type * from "./types.js";
