// The chunk that holds both providers, simulated in this page. Their state is stored in IndexedDB, so that a reload
// finds its jobs; a lock prevents two tabs from overwriting each other's. Over http there is none: one tab only.

import type { Simulator } from "filmgate/testing";
import address from "../../../pkg/dist/testing/simulator.wasm";
import { openSimulator } from "../../../pkg/dist/testing/simulator.js";
import { compileModule } from "./compile-module.js";

export const JOB_DURATION_MS = 8_000;
const LOCK = "filmgate-simulator";

export interface PageSimulator {
  simulator: Simulator;
  /** Runs a change on the newest state, which other tabs share. */
  transact(change: () => void): Promise<void>;
}

export async function createPageSimulator(): Promise<PageSimulator> {
  const [module, database] = await Promise.all([compileModule(address), openDatabase().catch(() => undefined)]);
  const transact = (change: () => void) =>
    locked(async () => {
      if (database) restoreState(simulator, await read(database));
      change();
      if (database) await write(database, simulator.snapshot());
    });
  const simulator = openSimulator(() => module, { jobDurationMs: JOB_DURATION_MS, transact });
  return { simulator, transact };
}

let last: Promise<unknown> = Promise.resolve();

/** One after the other: in all tabs, or in this one if the browser has no locks. */
function locked<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(LOCK, work) as Promise<T>;
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}

/** A state written by an older simulator may not be readable; its jobs are lost then. */
function restoreState(simulator: Simulator, stored: string | undefined): void {
  if (stored === undefined) return;
  try {
    simulator.restore(stored);
  } catch {
    console.warn("The simulator starts empty: its stored state is not readable.");
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open("filmgate-simulator", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("state");
  return finished(opening);
}

const states = (database: IDBDatabase, mode: IDBTransactionMode) =>
  database.transaction("state", mode).objectStore("state");
const read = (database: IDBDatabase) => finished<string | undefined>(states(database, "readonly").get("simulator"));
const write = (database: IDBDatabase, text: string) => finished(states(database, "readwrite").put(text, "simulator"));

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
