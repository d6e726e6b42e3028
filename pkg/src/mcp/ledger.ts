// What the jobs of a budget cost, in a file of the store's folder, shared by all servers of that folder.
import { randomUUID } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { FilmgateError } from "../error.js";
import { takeLock } from "../node/file-lock.js";
import { ignoreMissing, makeFolder, syncFolder, writeNew } from "../node/fs.js";
import { SerialQueue } from "../util/serial.js";

/** Another server holds the lock for milliseconds only. */
export const LOCK_TIMING = { heartbeatMs: 5_000, checkMs: 20, maxMisses: 3_000 };
const FILE = "budget.json";

/** What one job takes from the budget. */
export interface Entry {
  /** The price that is reserved, or what was billed. */
  microUsd: number;
  /** The provider has the job. Without that, an entry whose job is not stored was never sent. */
  isAccepted: boolean;
  /** The job has ended, and its amount is final. */
  isSettled: boolean;
}

/** The budget in micro-dollars. */
export interface Balance {
  limitMicroUsd: number;
  /** Of jobs that have ended. */
  spentMicroUsd: number;
  /** Of jobs that have not ended. */
  reservedMicroUsd: number;
}

export class Ledger {
  readonly #queue = new SerialQueue();

  constructor(
    readonly folder: string,
    readonly limitMicroUsd: number,
  ) {}

  /** Reserves a price for a job. Returns false, and reserves nothing, if it does not fit. */
  reserve(id: string, microUsd: number): Promise<boolean> {
    return this.#change((entries) => {
      const before = entries.get(id)?.microUsd ?? 0;
      if (total(entries.values()) - before + microUsd > this.limitMicroUsd) return false;
      entries.set(id, { microUsd, isAccepted: false, isSettled: false });
      return true;
    });
  }

  /** The provider has the job, which may cost up to this price. */
  accept(id: string, microUsd: number): Promise<void> {
    return this.#update(id, (entry) => ({ ...entry, microUsd, isAccepted: true }));
  }

  /** The job has ended. `microUsd`: what was billed; undefined, if that is unknown: the reservation then stays in full. */
  settle(id: string, microUsd: number | undefined): Promise<void> {
    return this.#update(id, (entry) => ({ ...entry, microUsd: microUsd ?? entry.microUsd, isSettled: true }));
  }

  /** Nothing was sent, or nothing was accepted. */
  async release(id: string): Promise<void> {
    await this.#change((entries) => entries.delete(id));
  }

  /** The entries of jobs that have not ended, by the job's id. */
  async open(): Promise<Map<string, Entry>> {
    return new Map([...(await this.#read())].filter(([, { isSettled }]) => !isSettled));
  }

  async balance(): Promise<Balance> {
    const entries = [...(await this.#read()).values()];
    return {
      limitMicroUsd: this.limitMicroUsd,
      spentMicroUsd: total(entries.filter(({ isSettled }) => isSettled)),
      reservedMicroUsd: total(entries.filter(({ isSettled }) => !isSettled)),
    };
  }

  /** Forgets what has been spent. What is reserved stays. */
  async reset(): Promise<void> {
    await this.#change((entries) => {
      for (const [id, { isSettled }] of entries) if (isSettled) entries.delete(id);
    });
  }

  async #update(id: string, next: (entry: Entry) => Entry): Promise<void> {
    await this.#change((entries) => {
      const entry = entries.get(id);
      // Jobs that were submitted elsewhere are not of this budget.
      if (entry && !entry.isSettled) entries.set(id, next(entry));
    });
  }

  /** Reads, changes and writes the entries while no other server does. */
  #change<T>(work: (entries: Map<string, Entry>) => T): Promise<T> {
    return this.#queue.run(FILE, async () => {
      await makeFolder(this.folder);
      const release = await takeLock(join(this.folder, "budget.lock"), undefined, LOCK_TIMING);
      try {
        const entries = await this.#read();
        const result = work(entries);
        await this.#write(entries);
        return result;
      } finally {
        await release();
      }
    });
  }

  async #read(): Promise<Map<string, Entry>> {
    const text = await readFile(join(this.folder, FILE), "utf8").catch(ignoreMissing());
    if (text === undefined) return new Map();
    try {
      const { jobs } = JSON.parse(text) as { jobs: Record<string, Entry> };
      const entries = Object.entries(jobs);
      if (entries.every(([, { microUsd }]) => Number.isSafeInteger(microUsd) && microUsd >= 0)) return new Map(entries);
    } catch {
      // What was spent is unknown, so that nothing may be spent.
    }
    const message = `The budget's file ${FILE} in the folder of the jobs cannot be read. Nothing was sent. Delete it to start a new budget.`;
    throw new FilmgateError({ code: "store_error", message });
  }

  async #write(entries: Map<string, Entry>): Promise<void> {
    const path = join(this.folder, FILE);
    const temporary = `${path}.${randomUUID()}.tmp`;
    await writeNew(temporary, JSON.stringify({ version: 1, jobs: Object.fromEntries(entries) }));
    // A rename: whenever the process ends, the file is whole.
    await rename(temporary, path);
    await syncFolder(this.folder);
  }
}

const total = (entries: Iterable<Entry>): number => [...entries].reduce((sum, { microUsd }) => sum + microUsd, 0);
