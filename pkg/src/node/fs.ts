// File system helpers of the folder store and the file sink.
import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readArgument } from "../util/options.js";
import type { Kind } from "../util/options.js";

const PATH: Kind = ["a path or a file URL", (path) => fileURLToPath(path) !== ""];

/** The absolute path. Later changes of the working directory do not affect it. */
export function pathOf(path: string | URL): string {
  return resolve(typeof path === "string" ? path : fileURLToPath(readArgument<URL>(path, PATH, "path")));
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** For `catch`: returns `otherwise` if the error has this code, and rethrows any other. */
export function ignoreError<T = undefined>(code: string, otherwise?: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === code) return otherwise as T;
    throw error;
  };
}

/** For `catch`: returns `otherwise` if the file does not exist. */
export const ignoreMissing = <T = undefined>(otherwise?: T) => ignoreError<T>("ENOENT", otherwise);

/** Writes and flushes a new file that only its owner can read. */
export async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Creates the folder, if it does not exist, for its owner only. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

/** Errors of systems that cannot flush a folder, or need not. */
const SYNC_UNSUPPORTED = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"]);

/** Flushes the names in a folder to disk, if the system supports it. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!SYNC_UNSUPPORTED.has(codeOf(error) ?? "")) throw error;
  }
}
