import { createHash, randomUUID } from "node:crypto";
import { link, readFile, readdir, stat, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { takeLock } from "./file-lock.js";
import { codeOf, makeFolder, pathOf, syncFolder, unlessMissing, writeNew } from "./fs.js";
import { leases } from "../store/memory.js";
import type { JobRecord, Store, StoreEntry } from "../types/index.js";

/**
 * Keeps jobs in a folder of this machine's disk, for all its processes at once. The folder is made
 * where it is not there, and its files are their owner's alone: until the provider has accepted, a
 * record holds the prompt.
 *
 * A lease goes on to the next process as soon as its holder's has ended, and also where the holder
 * has stood still for a minute (stopped, asleep). One that wakes then may ask beside the new
 * holder, but each of its puts meets another's revision, so it sends no submit that it had not
 * stored before.
 */
export function folderStore(path: string | URL): Store {
  const folder = new Folder(pathOf(path));
  const within = leases();
  return {
    get: async (key) => folder.read(stemOf(key)),
    list: () => folder.list(),
    put: async (key, record, expectedRevision) => folder.write(key, record, expectedRevision),
    delete: async (key) => folder.remove(stemOf(key)),
    lease: async (key, work, signal) => {
      const lock = folder.at(`${stemOf(key)}.lock`);
      const alone = async () => {
        await makeFolder(folder.path);
        const release = await takeLock(lock, signal);
        try {
          return await work();
        } finally {
          await release();
        }
      };
      return within(key, alone, signal);
    },
  };
}

/** What a record's file holds. The key tells whether the file is what its name says. */
interface Kept extends StoreEntry {
  key: string;
}

// Files that are read at once: thousands are more than a process may open.
const AT_ONCE = 32;
// A file that is written aside lives for milliseconds; an older one is what a process left that was
// killed.
const LEFT_BEHIND_MS = 60_000;
// What a file says that is none of ours, or is gone.
const NOT_OURS = new Set(["ENOENT", "EISDIR", "EACCES", "EPERM"]);

/**
 * A record is one file, `<stem>.<revision>.json`. It is written aside and linked to that name,
 * which only one process can do. What it replaces is emptied but keeps its name, so that whoever
 * comes late cannot take that revision again. Wherever a process ends, the highest revision is a
 * whole record.
 */
class Folder {
  constructor(readonly path: string) {}

  at(name: string): string {
    return join(this.path, name);
  }

  async read(stem: string): Promise<StoreEntry | undefined> {
    for (let before = 0; ; ) {
      const highest = (await this.#revisions(stem)).at(-1);
      // The same twice, and no record: nobody is about to replace it.
      if (highest === undefined || highest === before) return undefined;
      const entry = await this.#open(stem, highest);
      if (entry) return entry;
      before = highest;
    }
  }

  async list(): Promise<StoreEntry[]> {
    const names = await this.#names();
    await this.#sweep(names);
    const newest = [...revisionsOf(names)].map(([stem, all]) => [stem, all.at(-1) ?? 0] as const);
    const entries: StoreEntry[] = [];
    for (let from = 0; from < newest.length; from += AT_ONCE) {
      const some = newest.slice(from, from + AT_ONCE);
      const read = some.map(
        async ([stem, highest]) => (await this.#open(stem, highest)) ?? this.read(stem),
      );
      entries.push(...(await Promise.all(read)).filter((entry) => entry !== undefined));
    }
    return entries;
  }

  async write(key: string, record: JobRecord, expected: number): Promise<boolean> {
    await makeFolder(this.path);
    const stem = stemOf(key);
    const [before, after] = [this.at(fileOf(stem, expected)), this.at(fileOf(stem, expected + 1))];
    if (expected === 0 ? (await this.#revisions(stem)).length > 0 : !(await exists(before))) {
      return false;
    }
    const kept: Kept = { key, revision: expected + 1, record };
    const aside = this.at(`${stem}.${randomUUID()}.tmp`);
    try {
      await writeNew(aside, JSON.stringify(kept));
      if (!(await linked(aside, after))) return false;
    } finally {
      await unlink(aside).catch(unlessMissing());
    }
    if (expected > 0 && !(await exists(before))) {
      // Deleted in between: there is no job to write on.
      await unlink(after).catch(unlessMissing());
      return false;
    }
    await syncFolder(this.path);
    // The one before too: a process may have been killed between its link and this.
    for (const old of [expected - 1, expected]) {
      if (old > 0) await truncate(this.at(fileOf(stem, old))).catch(unlessMissing());
    }
    return true;
  }

  async remove(stem: string): Promise<void> {
    // Another process may write meanwhile, so until nothing is left. The record itself goes last.
    for (;;) {
      const revisions = await this.#revisions(stem);
      if (revisions.length === 0) return;
      for (const revision of revisions) {
        await unlink(this.at(fileOf(stem, revision))).catch(unlessMissing());
      }
      await syncFolder(this.path);
    }
  }

  async #open(stem: string, revision: number): Promise<StoreEntry | undefined> {
    let kept: Kept | null;
    try {
      kept = JSON.parse(await readFile(this.at(fileOf(stem, revision)), "utf8")) as Kept | null;
    } catch (error) {
      if (error instanceof SyntaxError || NOT_OURS.has(codeOf(error) ?? "")) return undefined;
      throw error;
    }
    if (typeof kept?.key !== "string" || stemOf(kept.key) !== stem) return undefined;
    if (kept.revision !== revision || !kept.record) return undefined;
    return { record: kept.record, revision };
  }

  #names(): Promise<string[]> {
    return readdir(this.path).catch(unlessMissing<string[]>([]));
  }

  async #revisions(stem: string): Promise<number[]> {
    return revisionsOf(await this.#names()).get(stem) ?? [];
  }

  /** Removes what killed processes have left half-written: it may hold a prompt. */
  async #sweep(names: string[]): Promise<void> {
    for (const name of names.filter((name) => /^job-.*\.tmp$/.test(name))) {
      const found = await stat(this.at(name)).catch(unlessMissing());
      if (!found || Date.now() - found.mtimeMs < LEFT_BEHIND_MS) continue;
      await unlink(this.at(name)).catch(unlessMissing());
    }
  }
}

const MOST_CHARACTERS = 100;

/**
 * A key as a file's name begins: without a character that means anything to a file system, and not
 * too long.
 */
function stemOf(key: string): string {
  const escaped = key.replace(
    /[^a-z0-9_-]/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (escaped.length <= MOST_CHARACTERS) return `job-${escaped}`;
  return `job-~${createHash("sha256").update(escaped).digest("hex")}`;
}

function fileOf(stem: string, revision: number): string {
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
  // `access` ends a Deno that may not tell its user's id, and no `catch` hears of it.
  return stat(path).then(() => true, unlessMissing(false));
}

/** Gives a file a second name, unless there is one of that name already. */
async function linked(path: string, name: string): Promise<boolean> {
  try {
    await link(path, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}
