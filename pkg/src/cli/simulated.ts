// Simulated providers whose state is a file, so that a later command finds the jobs of an earlier one.
import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takeLock } from "../node/file-lock.js";
import { ignoreMissing, makeFolder } from "../node/fs.js";
import type { Simulator, SimulatorOptions } from "../testing/types.js";
import type { FilmgateOptions, ProviderId } from "../types/index.js";

/** Another command holds the lock for milliseconds only. */
const LOCK_TIMING = { heartbeatMs: 5_000, checkMs: 10, maxMisses: 6_000 };
const DEFAULT_JOB_DURATION_MS = 6_000;
/** No such host exists. */
const ORIGIN = "https://simulator.invalid";

/** A simulator whose state is in memory. */
export async function openSimulator(options: SimulatorOptions): Promise<Simulator> {
  const simulation = await import("../testing/simulator.js");
  const module = new WebAssembly.Module(await readFile(new URL("../testing/simulator.wasm", import.meta.url)));
  return simulation.openSimulator(() => module, { jobDurationMs: jobDurationMs(), ...options });
}

/** Options of a client of simulated providers whose state is in the folder. They are loaded for the first request. */
export function simulatedOptions(folder: string): Required<Pick<FilmgateOptions, "fetch" | ProviderId>> {
  let simulator: Promise<Simulator> | undefined;
  const apiKey = "simulated";
  return {
    fetch: async (...request) => (await (simulator ??= openStoredSimulator(folder))).fetch(...request),
    // The simulated network sends nothing, and nothing twice.
    runpod: { apiKey, baseURL: `${ORIGIN}/runpod/v2`, acceptResendRisk: true },
    runware: { apiKey, baseURL: `${ORIGIN}/runware/v1` },
  };
}

/** A simulator whose state is in the folder. Each request reads and writes it under a lock. */
async function openStoredSimulator(folder: string): Promise<Simulator> {
  await makeFolder(folder);
  const path = join(folder, "providers.json");
  const simulator = await openSimulator({
    origin: ORIGIN,
    // Two processes must not make the same ids.
    seed: Math.floor(Math.random() * 2 ** 32),
    transact: async (change) => {
      const release = await takeLock(join(folder, "providers.lock"), undefined, LOCK_TIMING);
      try {
        const state = await readFile(path, "utf8").catch(ignoreMissing());
        if (state !== undefined) simulator.restore(state);
        change();
        // A rename: whenever the process ends, the file is one whole state.
        const temporary = `${path}.${randomUUID()}.tmp`;
        await writeFile(temporary, simulator.snapshot(), { mode: 0o600 });
        await rename(temporary, path);
      } finally {
        await release();
      }
    },
  });
  return simulator;
}

/** `FILMGATE_SIMULATED_JOB_MS`: how long a simulated job takes. */
function jobDurationMs(): number {
  const given = Number(process.env["FILMGATE_SIMULATED_JOB_MS"]);
  return given > 0 ? given : DEFAULT_JOB_DURATION_MS;
}
