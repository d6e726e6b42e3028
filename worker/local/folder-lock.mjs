// One process uses a data folder at a time: the objects of two would each submit a waiting job, and pay for it twice. The
// locks are SQLite's: the kernel releases them however a process ends, and holds them across containers that share a volume.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How long the engine of a process that was killed may take to end. */
const ENGINE_END_MS = 10_000;

/** Locks the folder, which is created if it does not exist; returns what releases it. @throws if another process uses it. */
export function lockFolder(data) {
  mkdirSync(data, { recursive: true });
  const lock = lockFile(data, join(data, "lock.sqlite"), 0);
  try {
    // workerd may have outlived its program: it locks the files of each kind of object for as long as it runs.
    const objects = join(data, "do");
    const kinds = existsSync(objects) ? readdirSync(objects) : [];
    const files = kinds.map((kind) => join(objects, kind, "metadata.sqlite")).filter((path) => existsSync(path));
    for (const path of files) lockFile(data, path, ENGINE_END_MS).close();
  } catch (error) {
    lock.close();
    throw error;
  }
  return () => lock.close();
}

function lockFile(data, path, timeout) {
  const file = new DatabaseSync(path, { timeout });
  try {
    file.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return file;
  } catch (error) {
    file.close();
    // SQLITE_BUSY
    if (error.errcode !== 5) throw error;
    const message = `Another gateway already uses the folder ${data}. Stop it first, or give this one a folder of its own with --data.`;
    throw new Error(message, { cause: error });
  }
}
