import { randomUUID } from "node:crypto";
import { link, readFile, readdir, stat, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { fileStem, folderLeases } from "./folder-leases.js";
import { codeOf, ignoreMissing, makeFolder, pathOf, syncFolder, writeNew } from "./fs.js";
import type { JobRecord, Store, StoreEntry } from "../types/index.js";

/**
 * Stores jobs in a folder on disk, shared by all processes of this machine. The folder is created if it does not exist.
 * Its files are readable by their owner only: until the provider has accepted a job, its record holds the prompt.
 *
 * A lease passes to the next process as soon as the process of its holder has ended, or if the holder was suspended for
 * about a minute. A holder that wakes up then may poll concurrently, but its writes fail because of their revision, so
 * that it sends no submit that was not stored before.
 */
export function folderStore(path: string | URL): Store {
  const folder = new Folder(pathOf(path));
  return {
    get: async (key) => folder.read(fileStem(key)),
    list: () => folder.list(),
    put: async (key, record, expectedRevision) => folder.write(key, record, expectedRevision),
    delete: async (key) => folder.remove(fileStem(key)),
    lease: folderLeases(folder.path),
  };
}

/** Content of a record's file. `key` proves that the file belongs to its name. */
interface StoredFile extends StoreEntry {
  key: string;
}

/** Files that are read concurrently. A process may not open thousands. */
const MAX_OPEN_FILES = 32;
/** A temporary file exists for milliseconds. An older one is from a killed process. */
const STALE_AFTER_MS = 60_000;
/** Errors of a file that is not a record, or no longer exists. */
const NOT_A_RECORD = new Set(["ENOENT", "EISDIR", "EACCES", "EPERM"]);

/**
 * A record is one file, `<stem>.<revision>.json`. It is written to a temporary file and linked to that name, which
 * succeeds for one process only. The previous revision is emptied but keeps its name, so that a late process cannot
 * use that revision again. Whenever a process ends, the highest revision is a complete record.
 */
class Folder {
  constructor(readonly path: string) {}

  at(name: string): string {
    return join(this.path, name);
  }

  async read(stem: string): Promise<StoreEntry | undefined> {
    for (let before = 0; ; ) {
      const highest = (await this.#revisions(stem)).at(-1);
      // Twice the same, and not a record: no process is replacing it.
      if (highest === undefined || highest === before) return undefined;
      const entry = await this.#open(stem, highest);
      if (entry) return entry;
      before = highest;
    }
  }

  async list(): Promise<StoreEntry[]> {
    const names = await this.#names();
    await this.#removeStale(names);
    const newest = [...revisionsOf(names)].map(([stem, all]) => [stem, all.at(-1) ?? 0] as const);
    const entries: StoreEntry[] = [];
    for (let from = 0; from < newest.length; from += MAX_OPEN_FILES) {
      const batch = newest.slice(from, from + MAX_OPEN_FILES);
      const read = batch.map(
        async ([stem, highest]) => (await this.#open(stem, highest)) ?? this.read(stem),
      );
      entries.push(...(await Promise.all(read)).filter((entry) => entry !== undefined));
    }
    return entries;
  }

  async write(key: string, record: JobRecord, expected: number): Promise<boolean> {
    await makeFolder(this.path);
    const stem = fileStem(key);
    const [before, after] = [this.at(fileName(stem, expected)), this.at(fileName(stem, expected + 1))];
    if (expected === 0 ? (await this.#revisions(stem)).length > 0 : !(await exists(before))) {
      return false;
    }
    const content: StoredFile = { key, revision: expected + 1, record };
    const temporary = this.at(`${stem}.${randomUUID()}.tmp`);
    try {
      await writeNew(temporary, JSON.stringify(content));
      if (!(await linked(temporary, after))) return false;
    } finally {
      await unlink(temporary).catch(ignoreMissing());
    }
    if (expected > 0 && !(await exists(before))) {
      // The job was deleted in between.
      await unlink(after).catch(ignoreMissing());
      return false;
    }
    await syncFolder(this.path);
    // Also the one before: a process may have been killed between the link and this step.
    for (const old of [expected - 1, expected]) {
      if (old > 0) await truncate(this.at(fileName(stem, old))).catch(ignoreMissing());
    }
    return true;
  }

  async remove(stem: string): Promise<void> {
    // Repeated, because another process may write meanwhile. The highest revision is deleted last.
    for (;;) {
      const revisions = await this.#revisions(stem);
      if (revisions.length === 0) return;
      for (const revision of revisions) {
        await unlink(this.at(fileName(stem, revision))).catch(ignoreMissing());
      }
      await syncFolder(this.path);
    }
  }

  async #open(stem: string, revision: number): Promise<StoreEntry | undefined> {
    let content: StoredFile | null;
    try {
      content = JSON.parse(await readFile(this.at(fileName(stem, revision)), "utf8")) as StoredFile | null;
    } catch (error) {
      if (error instanceof SyntaxError || NOT_A_RECORD.has(codeOf(error) ?? "")) return undefined;
      throw error;
    }
    if (typeof content?.key !== "string" || fileStem(content.key) !== stem) return undefined;
    if (content.revision !== revision || !content.record) return undefined;
    return { record: content.record, revision };
  }

  #names(): Promise<string[]> {
    return readdir(this.path).catch(ignoreMissing<string[]>([]));
  }

  async #revisions(stem: string): Promise<number[]> {
    return revisionsOf(await this.#names()).get(stem) ?? [];
  }

  /** Deletes temporary files of killed processes. They may hold a prompt. */
  async #removeStale(names: string[]): Promise<void> {
    for (const name of names.filter((name) => /^job-.*\.tmp$/.test(name))) {
      const found = await stat(this.at(name)).catch(ignoreMissing());
      if (!found || Date.now() - found.mtimeMs < STALE_AFTER_MS) continue;
      await unlink(this.at(name)).catch(ignoreMissing());
    }
  }
}

function fileName(stem: string, revision: number): string {
  return `${stem}.${revision}.json`;
}

/** The revisions of each stem, lowest first. */
function revisionsOf(names: string[]): Map<string, number[]> {
  const all = new Map<string, number[]>();
  for (const name of names) {
    const [, stem, digits] = /^(job-[a-z0-9_%~-]*)\.([1-9]\d{0,14})\.json$/.exec(name) ?? [];
    if (stem === undefined) continue;
    const known = all.get(stem);
    if (known) known.push(Number(digits));
    else all.set(stem, [Number(digits)]);
  }
  for (const revisions of all.values()) revisions.sort((a, b) => a - b);
  return all;
}

function exists(path: string): Promise<boolean> {
  // `access` terminates a Deno without permission for the user id, and no `catch` is called.
  return stat(path).then(() => true, ignoreMissing(false));
}

/** Links a file to a second name. Returns false if that name exists. */
async function linked(path: string, name: string): Promise<boolean> {
  try {
    await link(path, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}
