// Videos as files of this browser (OPFS), named by job and index.
import type { DownloadOptions, Filmgate, Video } from "filmgate";

const FOLDER = "filmgate-videos";
const NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,3})\.video$/;

/** Whether a video is kept, or why not. */
export type KeepResult =
  | { kept: true; bytes: number }
  | { kept: false; reason: string; /** The storage is full, so that no other video can be kept either. */ isFull?: true };

/** A video that is kept. */
export interface KeptVideo {
  id: string;
  index: number;
  bytes: number;
}

/** The files. Where a browser has none, all of them are missing, and `unavailable` says why. */
export interface VideoFiles {
  /** Why nothing can be kept here, in words; undefined if it can. */
  readonly unavailable?: string;
  /**
   * Downloads a video into its file. A file appears only when the video is complete. Two tabs keep it once. It never
   * rejects.
   */
  keep(id: string, index: number, video: Video, client: Pick<Filmgate, "download">, options?: DownloadOptions): Promise<KeepResult>;
  /** The file of a video, with its media type; undefined if it is not kept. */
  open(id: string, index: number): Promise<Blob | undefined>;
  /** All videos that are kept. */
  list(): Promise<KeptVideo[]>;
  /** Deletes all files of a job. */
  remove(id: string): Promise<void>;
}

/** Opens the files of this browser. */
export async function openVideoFiles(): Promise<VideoFiles> {
  try {
    const storage = globalThis.navigator?.storage;
    if (!storage?.getDirectory) return noFiles(missingReason());
    const root = await storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    if (!("createWritable" in FileSystemFileHandle.prototype)) {
      return noFiles("This browser cannot write files of a page. Download the videos you want to keep.");
    }
    return filesIn(folder);
  } catch {
    return noFiles("This browser blocks files of this page, as private windows may. Download the videos you want to keep.");
  }
}

function missingReason(): string {
  return globalThis.isSecureContext === false
    ? "Over http, a browser keeps no files of a page. Open the page over https, or download the videos you want to keep."
    : "This browser keeps no files of a page. Download the videos you want to keep.";
}

const noFiles = (unavailable: string): VideoFiles => ({
  unavailable,
  keep: async () => ({ kept: false, reason: unavailable }),
  open: async () => undefined,
  list: async () => [],
  remove: async () => {},
});

function filesIn(folder: FileSystemDirectoryHandle): VideoFiles {
  const existing = async (name: string): Promise<File | undefined> => {
    try {
      const file = await (await folder.getFileHandle(name)).getFile();
      return file.size > 0 ? file : undefined; // An empty one is about to be written.
    } catch {
      return undefined;
    }
  };

  const write: VideoFiles["keep"] = async (id, index, video, client, options) => {
    const name = nameOf(id, index);
    const before = await existing(name);
    if (before) return { kept: true, bytes: before.size };
    const handle = await folder.getFileHandle(name, { create: true });
    try {
      const { bytes } = await client.download(video, handle, options);
      return { kept: true, bytes };
    } catch (error) {
      await folder.removeEntry(name).catch(() => {});
      throw error;
    }
  };

  return {
    keep: async (id, index, video, client, options = {}) => {
      try {
        return await exclusive(`${FOLDER}:${nameOf(id, index)}`, () => write(id, index, video, client, options));
      } catch (error) {
        return isQuotaError(error) ? { kept: false, reason: FULL, isFull: true } : { kept: false, reason: reasonOf(error) };
      }
    },
    open: async (id, index) => {
      const file = await existing(nameOf(id, index));
      return file?.slice(0, file.size, await typeOf(file));
    },
    async list() {
      const kept: KeptVideo[] = [];
      for await (const [name, handle] of folder.entries()) {
        const [, id, index] = NAME.exec(name) ?? [];
        if (id === undefined || handle.kind !== "file") continue;
        // Another tab may delete it meanwhile.
        const bytes = await (handle as FileSystemFileHandle).getFile().then(({ size }) => size, () => 0);
        if (bytes > 0) kept.push({ id, index: Number(index), bytes });
      }
      return kept;
    },
    async remove(id) {
      const names: string[] = [];
      for await (const name of folder.keys()) if (NAME.exec(name)?.[1] === id) names.push(name);
      for (const name of names) await folder.removeEntry(name).catch(() => {});
    },
  };
}

/** @throws TypeError if it is not the id of a job: a name must not lead elsewhere */
function nameOf(id: string, index: number): string {
  const name = `${id}-${index}.video`;
  if (!NAME.test(name)) throw new TypeError("This is not a job's id and a video's number.");
  return name;
}

const WEBM = [0x1a, 0x45, 0xdf, 0xa3];

/** The media type by the first bytes: a file of OPFS has none. */
async function typeOf(file: Blob): Promise<string> {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  if (WEBM.every((byte, at) => head[at] === byte)) return "video/webm";
  return String.fromCharCode(...head.subarray(8, 12)) === "qt  " ? "video/quicktime" : "video/mp4";
}

const FULL = "This browser's storage is full. Delete videos, or download this one.";

/** filmgate's error has that of the file as its cause. */
function isQuotaError(error: unknown): boolean {
  const { name, cause } = error as { name?: string; cause?: { name?: string } };
  return [name, cause?.name].includes("QuotaExceededError");
}

function reasonOf(error: unknown): string {
  const { name, message } = error as { name?: string; message?: string };
  if (name === "AbortError") return "The download was stopped.";
  return message || "The video could not be stored.";
}

const running = new Map<string, Promise<unknown>>();

/** Runs work alone: in all tabs, or in this one if the browser has no locks. */
function exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (globalThis.navigator?.locks) return navigator.locks.request(name, work) as Promise<T>;
  const last = (running.get(name) ?? Promise.resolve()).then(work, work);
  running.set(name, last);
  return last;
}
