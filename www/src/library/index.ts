// The library: all that this browser keeps of jobs and videos.
import type { DownloadOptions, Filmgate, Handle, Video, VideoRequest } from "filmgate";
import { openDatabase } from "./database.js";
import type { Database, Transaction } from "./database.js";
import { entryOf, isNewer, tombstoneOf } from "./jobs.js";
import { dueVideos } from "./kept.js";
import { chargeOf, spendingOf } from "./spending.js";
import type { Spending } from "./spending.js";
import type { JobInput, LibraryChange, LibraryJob } from "./types.js";
import { openVideoFiles } from "./video-files.js";
import type { KeepResult, VideoFiles } from "./video-files.js";

/** How long a delete can be undone, in milliseconds. */
export const UNDO_MS = 10_000;
/** How long another tab may go on with a purged job, in milliseconds. */
const TOMBSTONE_MS = 24 * 3_600_000;

export interface LibraryOptions {
  /** Name of the database and of the channel between tabs. @default "filmgate-library" */
  name?: string;
  /** Called with each change, of this tab or another. */
  onChange?: (change: LibraryChange) => void;
}

/** Opens the library. It never rejects: what a browser lacks is missing, and `unavailable` says why. */
export async function openLibrary({ name = "filmgate-library", onChange = () => {} }: LibraryOptions = {}): Promise<Library> {
  const [database, videos] = await Promise.all([openDatabase(name), openVideoFiles()]);
  return new Library(name, database, videos, onChange);
}

/** The client of a job and the video with its bytes or URL. */
export type VideoSource = (
  job: LibraryJob,
  index: number,
) => Promise<{ client: Pick<Filmgate, "download">; video: Video } | undefined>;

export interface KeepDueOptions {
  signal?: AbortSignal;
  /** @default Date.now() */
  now?: number;
}

export interface KeepDueResult {
  /** Number of videos that are kept now. */
  kept: number;
  failures: { id: string; index: number; reason: string }[];
}

export class Library {
  /** The files of the videos. */
  readonly videos: VideoFiles;
  readonly #database: Database;
  readonly #onChange: (change: LibraryChange) => void;
  readonly #channel: BroadcastChannel | undefined;

  constructor(name: string, database: Database, videos: VideoFiles, onChange: (change: LibraryChange) => void) {
    this.videos = videos;
    this.#database = database;
    this.#onChange = onChange;
    this.#channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
    // In Node, an open channel keeps the process running.
    (this.#channel as { unref?(): void } | undefined)?.unref?.();
    this.#channel?.addEventListener("message", ({ data }) => onChange(data as LibraryChange));
  }

  /** Why the index is lost when the page is closed, in words; undefined if it is not. */
  get unavailable(): string | undefined {
    return this.#database.unavailable;
  }

  /** All jobs that are not deleted, newest first. */
  async jobs(): Promise<LibraryJob[]> {
    const all = await this.#database.list("jobs");
    return all.filter(({ deletedAt }) => deletedAt === undefined).sort((a, b) => b.handle.createdAt - a.handle.createdAt);
  }

  /**
   * Records jobs as the client has them, and what they cost. What another tab has recorded later stays. Returns how many
   * entries have changed.
   */
  async record(...inputs: JobInput[]): Promise<number> {
    const changed = await this.#database.change(async (transaction) => {
      const ids: string[] = [];
      for (const input of inputs) if (await recordIn(transaction, input)) ids.push(input.handle.id);
      return ids;
    });
    for (const { handle, request } of inputs) if (request) await this.#keepRequest(handle.id, request);
    if (changed.length > 0) this.#tell(changed.length === 1 ? { id: changed[0]! } : {});
    return changed.length;
  }

  /** The request of a job, with its images; undefined if it was not recorded. */
  request(id: string): Promise<VideoRequest | undefined> {
    return this.#database.get("requests", id);
  }

  poster(id: string): Promise<Blob | undefined> {
    return this.#database.get("posters", id);
  }

  async setPoster(id: string, poster: Blob): Promise<void> {
    await this.#database.change(async (transaction) => transaction.put("posters", id, poster));
    this.#tell({ id });
  }

  /** Downloads a video into its file. It never rejects. */
  async keep(
    id: string,
    index: number,
    video: Video,
    client: Pick<Filmgate, "download">,
    options?: DownloadOptions,
  ): Promise<KeepResult> {
    const result = await this.videos.keep(id, index, video, client, options);
    if (result.kept) this.#tell({ id });
    return result;
  }

  /**
   * Keeps all videos that are not kept yet, the ones that end first at the front, one after the other. `source` returns what
   * downloads a video, or undefined if nothing can for now. Stops where nothing more can be kept. Returns how many were
   * kept, and why others were not.
   */
  async keepDue(source: VideoSource, options: KeepDueOptions = {}): Promise<KeepDueResult> {
    const { signal, now = Date.now() } = options;
    const result: KeepDueResult = { kept: 0, failures: [] };
    if (this.videos.unavailable) return result;
    const files = new Set((await this.videos.list()).map(({ id, index }) => `${id}-${index}`));
    for (const { job, index } of dueVideos(await this.jobs(), (id, at) => files.has(`${id}-${at}`), now)) {
      if (signal?.aborted) break;
      const found = await source(job, index);
      if (!found) continue;
      const kept = await this.keep(job.id, index, found.video, found.client, signal ? { signal } : {});
      if (kept.kept) result.kept += 1;
      else result.failures.push({ id: job.id, index, reason: kept.reason });
      if (!kept.kept && kept.isFull) break;
    }
    return result;
  }

  /** Marks a job as deleted. `restore` undoes it until it is purged. Returns false if there is no such job. */
  delete(id: string, now: number = Date.now()): Promise<boolean> {
    return this.#update(id, (job) => ({ ...job, deletedAt: now }));
  }

  /** Undoes a delete. Returns false if the job is already purged. */
  restore(id: string): Promise<boolean> {
    return this.#update(id, ({ deletedAt: _, ...job }) => job);
  }

  /**
   * Deletes for good what was deleted at least `UNDO_MS` ago: the words, the request, the poster and the files. What the
   * job cost stays. `deleteJob` deletes it from the client's store; if that fails, the purge continues the next time.
   * Returns the number of purged jobs. Call it at the start, and after a delete.
   */
  async purge(deleteJob: (handle: Handle, environment: string) => Promise<void>, now: number = Date.now()): Promise<number> {
    const deleted = (await this.#database.list("jobs")).filter(({ deletedAt }) => deletedAt !== undefined);
    let purged = 0;
    for (const job of deleted.filter(({ purge }) => purge !== "done")) {
      if (!(await this.#startPurge(job.id, now))) continue;
      try {
        await deleteJob(job.handle, job.environment);
      } catch {
        continue;
      }
      await this.#finishPurge(job.id);
      purged += 1;
    }
    for (const job of deleted) await this.#sweep(job, now);
    if (purged > 0) this.#tell({});
    return purged;
  }

  /** What the jobs of these environments cost; by default those of all. */
  async spending(environments?: readonly string[], now: number = Date.now()): Promise<Spending> {
    const charges = await this.#database.list("charges");
    return spendingOf(charges.filter(({ environment }) => environments?.includes(environment) ?? true), now);
  }

  close(): void {
    this.#channel?.close();
    this.#database.close();
  }

  async #update(id: string, change: (job: LibraryJob) => LibraryJob): Promise<boolean> {
    const found = await this.#database.change(async (transaction) => {
      const job = await transaction.get("jobs", id);
      if (!job || job.purge) return false;
      transaction.put("jobs", id, change(job));
      return true;
    });
    if (found) this.#tell({ id });
    return found;
  }

  /** An image may be too large to be stored here; the job is listed all the same. */
  async #keepRequest(id: string, request: VideoRequest): Promise<void> {
    const stored = cloneable(request) as VideoRequest;
    await this.#database
      .change(async (transaction) => {
        const job = await transaction.get("jobs", id);
        if (job && !job.purge) transaction.put("requests", id, stored);
      })
      .catch(() => {});
  }

  /** In one transaction: the user may restore it in another tab at this moment. */
  #startPurge(id: string, now: number): Promise<boolean> {
    return this.#database.change(async (transaction) => {
      const job = await transaction.get("jobs", id);
      if (job?.deletedAt === undefined || job.purge === "done" || job.deletedAt + UNDO_MS > now) return false;
      transaction.put("jobs", id, { ...job, purge: "started" });
      return true;
    });
  }

  async #finishPurge(id: string): Promise<void> {
    await this.videos.remove(id);
    await this.#database.change(async (transaction) => {
      const job = await transaction.get("jobs", id);
      if (job) transaction.put("jobs", id, tombstoneOf(job));
      transaction.delete("requests", id);
      transaction.delete("posters", id);
    });
  }

  /** A tab may have written a file of a purged job since. */
  async #sweep({ id, purge, deletedAt = 0 }: LibraryJob, now: number): Promise<void> {
    if (purge !== "done") return;
    await this.videos.remove(id);
    if (deletedAt + TOMBSTONE_MS > now) return;
    await this.#database.change(async (transaction) => transaction.delete("jobs", id));
  }

  #tell(change: LibraryChange): void {
    this.#channel?.postMessage(change);
    this.#onChange(change);
  }
}

/** Records a job and its charge. Returns whether the entry has changed. */
async function recordIn(transaction: Transaction, input: JobInput): Promise<boolean> {
  const { handle, environment } = input;
  const { id } = handle;
  const before = await transaction.get("jobs", id);
  if (before && isNewer(before, input)) return false;
  const charge = chargeOf(input, environment);
  if (charge) transaction.put("charges", id, charge);
  else transaction.delete("charges", id);
  if (before?.purge) return false;
  const entry = entryOf(input, before);
  if (JSON.stringify(before) === JSON.stringify(entry)) return false;
  transaction.put("jobs", id, entry);
  return true;
}

/** The value in a form that IndexedDB takes: it takes no `URL`. */
function cloneable(value: unknown): unknown {
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.map(cloneable);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cloneable(inner)]));
}

export { deletionRisk } from "./jobs.js";
export { dueVideos, placeOf } from "./kept.js";
export { searchJobs } from "./search.js";
export { budgetOf, spendingOf } from "./spending.js";
export { persist, storageUse } from "./storage-use.js";
export type { DueVideo, VideoPlace } from "./kept.js";
export type { JobFilter } from "./search.js";
export type { Amount, Budget, ModelAmount, Spending } from "./spending.js";
export type { StorageUse } from "./storage-use.js";
export type { ChargeEntry, JobInput, JobState, LibraryChange, LibraryJob, LibraryVideo } from "./types.js";
export type { KeepResult, KeptVideo, VideoFiles } from "./video-files.js";
