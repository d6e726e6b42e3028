// The two providers, simulated inside this page. Their state is kept in IndexedDB, so that a reload
// finds its jobs; a lock keeps two tabs from undoing each other's jobs.

import { createSimulator } from "../vendor/filmgate/testing/index.js";

const RUN_MS = 8_000;
const LOCK = "filmgate-simulator";

export async function openSimulator() {
  const database = await openDatabase();
  const transact = (change) =>
    navigator.locks.request(LOCK, async () => {
      takeOver(simulator, await read(database));
      change();
      await write(database, simulator.snapshot());
    });
  const simulator = createSimulator({ jobDurationMs: RUN_MS, transact });
  const { fetch, runpod, runware } = simulator.options;
  return { fetch, runpod: runpod.baseURL, runware: runware.baseURL };
}

/** A state that an older simulator wrote may not be readable: then its jobs are gone. */
function takeOver(simulator, kept) {
  if (kept === undefined) return;
  try {
    simulator.restore(kept);
  } catch {
    console.warn("The simulator starts anew: its kept state is not readable.");
  }
}

function openDatabase() {
  const opening = indexedDB.open("filmgate-simulator", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("state");
  return finished(opening);
}

const states = (database, mode) => database.transaction("state", mode).objectStore("state");
const read = (database) => finished(states(database, "readonly").get("simulator"));
const write = (database, text) => finished(states(database, "readwrite").put(text, "simulator"));

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
