// Cloudflare's engine refuses to compile bytes, and imports modules instead.
import module from "./simulator.wasm";
import { openSimulator } from "./simulator.js";
import type { Simulator, SimulatorOptions } from "./types.js";

/** Makes RunPod and Runware, simulated in this process: without a server, a key or a network. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  return openSimulator(() => module, options);
}

export type * from "./types.js";
