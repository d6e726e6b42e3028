// Both providers, simulated in this page. Their state is stored in IndexedDB, so that a reload finds
// its jobs; a lock prevents two tabs from overwriting each other's. Over http there is none: one tab only.

import { createSimulator } from "../vendor/filmgate/testing/index.js";

const JOB_DURATION_MS = 8_000;
const LOCK = "filmgate-simulator";

export async function openSimulator() {
  const database = await openDatabase();
  const transact = (change) =>
    locked(async () => {
      restoreState(simulator, await read(database));
      change();
      await write(database, simulator.snapshot());
    });
  const simulator = createSimulator({ jobDurationMs: JOB_DURATION_MS, transact });
  const { fetch, runpod, runware } = simulator.options;
  return { fetch, runpod: runpod.baseURL, runware: runware.baseURL };
}

let last = Promise.resolve();

/** One after the other: in all tabs, or in this one if the browser has no locks. */
function locked(work) {
  if (navigator.locks) return navigator.locks.request(LOCK, work);
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}

/** A state written by an older simulator may not be readable; its jobs are lost then. */
function restoreState(simulator, stored) {
  if (stored === undefined) return;
  try {
    simulator.restore(stored);
  } catch {
    console.warn("The simulator starts empty: its stored state is not readable.");
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
