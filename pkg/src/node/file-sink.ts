import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { link, open, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { FilmgateError } from "../error.js";
import { invalidOption } from "../util/options.js";
import { takeLock } from "./file-lock.js";
import { codeOf, ignoreMissing, pathOf, syncFolder } from "./fs.js";
import type { PartialDownload, ResourceMetadata, ResumableSink } from "../types/index.js";

/**
 * A file as the target of `download`. Bytes are written to `<path>.part`, and their metadata to `<path>.part.json`. The
 * file is renamed when it is complete. A later call, also of another process, resumes from there. Concurrent
 * downloads to the same path run one after the other.
 *
 * A path that cannot be written rejects with `invalid_request` before anything is requested; a file that fails later, such as
 * on a full disk, with `store_error`, charge `charged`. `cause` is the error of the file system.
 */
export function fileSink(path: string | URL): ResumableSink {
  const sink = new FileSink(pathOf(path));
  const failed = (cause: unknown): never => {
    throw fileFailed(cause);
  };
  return {
    open: (url, signal) => sink.open(url, signal).catch(unwritable),
    restart: (metadata) => sink.restart(metadata).catch(failed),
    write: (bytes) => sink.write(bytes).catch(failed),
    close: () => sink.close().catch(failed),
    abort: () => sink.abort(),
  };
}

/** The error of the file system in words; any other, such as the reason of a signal, as it is. */
function unwritable(cause: unknown): never {
  const code = codeOf(cause);
  if (!isSystemCode(code)) throw cause;
  const message = `The file of the video cannot be written (${code}). Pass a path in a folder that exists and can be written to.`;
  throw invalidOption("sink", "invalid_value", message, cause);
}

function fileFailed(cause: unknown): unknown {
  const code = codeOf(cause);
  if (!isSystemCode(code)) return cause;
  const message =
    `The file of the video could not be written (${code}). Make room or permit it, then download the video again: it is paid.`;
  return new FilmgateError({ code: "store_error", message, charge: "charged", cause });
}

const isSystemCode = (code: unknown): boolean => typeof code === "string" && /^E[A-Z0-9]+$/.test(code);

/**
 * The same, but a file that is there at the end, of another program or of another download, is never replaced: the video
 * gets the other path. A file that is there too, and without another path the one at the first, is the same video.
 */
export function newFileSink(path: string, otherPath: string = path): FileSink {
  return new FileSink(path, [path, otherPath]);
}

/** Metadata of the partial file, of which the first `bytes` are flushed to disk. */
interface PartMetadata extends ResourceMetadata {
  /** A digest, because a URL may hold a token. */
  urlDigest: string;
  bytes: number;
}

/** The partial file is flushed, and the metadata written, each time after so many bytes. */
const SYNC_INTERVAL_BYTES = 4 << 20;

export class FileSink implements ResumableSink {
  /** Where the video is, once it is complete. */
  path: string;
  /** The names that the video may get, unless a file has them; undefined: its own, also in place of a file. */
  readonly #newPaths: readonly string[] | undefined;
  readonly #partPath: string;
  readonly #metadataPath: string;
  #release: (() => Promise<void>) | undefined;
  #file: FileHandle | undefined;
  #metadata: PartMetadata = { urlDigest: "", bytes: 0 };
  #bytes = 0;

  constructor(path: string, newPaths?: readonly string[]) {
    this.path = path;
    this.#newPaths = newPaths;
    this.#partPath = `${path}.part`;
    this.#metadataPath = `${path}.part.json`;
  }

  async open(url: string, signal?: AbortSignal): Promise<PartialDownload | undefined> {
    // The name could not be taken in the end, and the whole video would stay beside it.
    const target = this.#newPaths ? undefined : await stat(this.path).catch(ignoreMissing());
    if (target?.isDirectory()) throw Object.assign(new Error("There is a folder at the path."), { code: "EISDIR" });
    this.#release = await takeLock(`${this.path}.part.lock`, signal);
    const digest = createHash("sha256").update(url).digest("hex");
    const metadata = await this.#readMetadata();
    const found = await stat(this.#partPath).catch(ignoreMissing());
    // A process was killed between the two names of a complete file, which must not be written to.
    if (found && found.nlink > 1) await unlink(this.#partPath);
    this.#file = await open(this.#partPath, constants.O_RDWR | constants.O_CREAT);
    this.#metadata = { urlDigest: digest, bytes: 0 };
    if ((found?.nlink ?? 1) > 1 || metadata?.urlDigest !== digest || metadata.validator === undefined) return undefined;
    const { bytes, validator, total } = metadata;
    if (!(bytes > 0 && bytes <= (found?.size ?? 0))) return undefined;
    // Later bytes may not have reached the disk.
    await this.#file.truncate(bytes);
    this.#bytes = bytes;
    this.#metadata = metadata;
    return { bytes, validator, ...(total !== undefined && { total }) };
  }

  async restart({ validator, total }: ResourceMetadata): Promise<void> {
    const { urlDigest } = this.#metadata;
    // The old metadata first: it must never exist beside new bytes.
    await unlink(this.#metadataPath).catch(ignoreMissing());
    await this.#opened.truncate(0);
    this.#bytes = 0;
    this.#metadata = {
      urlDigest,
      bytes: 0,
      ...(validator !== undefined && { validator }),
      ...(total !== undefined && { total }),
    };
  }

  async write(bytes: Uint8Array): Promise<void> {
    // At an explicit position: a suspended process that has lost its lock does not damage the bytes of the next holder.
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#opened.write(bytes, at, bytes.length - at, this.#bytes);
      at += bytesWritten;
      this.#bytes += bytesWritten;
    }
    if (this.#bytes - this.#metadata.bytes >= SYNC_INTERVAL_BYTES) await this.#writeMetadata();
  }

  async close(): Promise<void> {
    await this.#opened.sync();
    await this.#closeFile();
    if (this.#newPaths) await this.#moveToNew(this.#newPaths);
    else await rename(this.#partPath, this.path);
    await unlink(this.#metadataPath).catch(ignoreMissing());
    await syncFolder(dirname(this.path));
    await this.#releaseLock();
  }

  async abort(): Promise<void> {
    try {
      if (!this.#file) return;
      const canResume = this.#bytes > 0 && this.#metadata.validator !== undefined;
      if (canResume) await this.#writeMetadata();
      await this.#closeFile();
      if (canResume) return;
      for (const path of [this.#metadataPath, this.#partPath]) await unlink(path).catch(ignoreMissing());
    } finally {
      await this.#releaseLock();
    }
  }

  async #moveToNew(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      this.path = path;
      if (await movedToNew(this.#partPath, path)) return;
    }
    // The last one is of this video alone.
    await unlink(this.#partPath);
  }

  get #opened(): FileHandle {
    if (!this.#file) throw new Error("The file sink is not open.");
    return this.#file;
  }

  async #writeMetadata(): Promise<void> {
    if (this.#metadata.validator === undefined) return;
    await this.#opened.datasync();
    this.#metadata.bytes = this.#bytes;
    const temporary = `${this.#metadataPath}.tmp`;
    await writeFile(temporary, JSON.stringify(this.#metadata), { mode: 0o600 });
    await rename(temporary, this.#metadataPath);
  }

  /** Undefined if there is none, or if it is damaged. */
  async #readMetadata(): Promise<PartMetadata | undefined> {
    const text = await readFile(this.#metadataPath, "utf8").catch(ignoreMissing("null"));
    try {
      return (JSON.parse(text) as PartMetadata | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #releaseLock(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await this.#closeFile();
    await release?.();
  }
}

/** Moves a file to a name that no file has. Returns false if one has it. */
async function movedToNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    return codeOf(error) === "EEXIST" ? false : renamedToNew(from, to);
  }
  await unlink(from);
  return true;
}

/** The same where a file has one name only, such as on FAT: an empty file takes the name first. */
async function renamedToNew(from: string, to: string): Promise<boolean> {
  try {
    await (await open(to, "wx")).close();
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await rename(from, to);
  } catch (error) {
    await unlink(to).catch(ignoreMissing());
    throw error;
  }
  return true;
}
