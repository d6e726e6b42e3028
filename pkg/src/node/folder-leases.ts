import { createHash } from "node:crypto";
import { join } from "node:path";
import { processLeases } from "../store/memory.js";
import type { Store } from "../types/index.js";
import { takeLock } from "./file-lock.js";
import { makeFolder } from "./fs.js";

/** Leases of all processes of this machine, each of which is a folder in this one. */
export function folderLeases(folder: string): Store["lease"] {
  const leaseInProcess = processLeases();
  return async (key, work, signal) => {
    const locked = async () => {
      await makeFolder(folder);
      const release = await takeLock(join(folder, `${fileStem(key)}.lock`), signal);
      try {
        return await work();
      } finally {
        await release();
      }
    };
    return leaseInProcess(key, locked, signal);
  };
}

const MAX_STEM_LENGTH = 100;

/** The start of the file names of a key: safe for any file system, and not too long. */
export function fileStem(key: string): string {
  const escaped = key.replace(
    /[^a-z0-9_-]/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (escaped.length <= MAX_STEM_LENGTH) return `job-${escaped}`;
  return `job-~${createHash("sha256").update(escaped).digest("hex")}`;
}
