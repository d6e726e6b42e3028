// What the folder store and the file sink both need of a file system.
import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The whole path, whatever the process's folder is later. */
export function pathOf(path: string | URL): string {
  return resolve(typeof path === "string" ? path : fileURLToPath(path));
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** For `catch`: `otherwise` where that is what is wrong, the error where something else is. */
export function unless<T = undefined>(code: string, otherwise?: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === code) return otherwise as T;
    throw error;
  };
}

/** For `catch`: `otherwise` where there is no such file. */
export const unlessMissing = <T = undefined>(otherwise?: T) => unless<T>("ENOENT", otherwise);

/** Writes a new file that its owner alone may read; it is on the disk when this is done. */
export async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the folder, its owner's alone, where it is not there. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

// What systems say that cannot bring a folder to the disk, or do so by themselves.
const NO_SYNC = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"]);

/** Brings a folder's names to the disk, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!NO_SYNC.has(codeOf(error) ?? "")) throw error;
  }
}
