import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { takeLock } from "./file-lock.js";
import { pathOf, syncFolder, unlessMissing } from "./fs.js";
import type { ResumableSink, Part, ResourceMetadata } from "../download/sink.js";

/**
 * A file for `download`. Bytes go to `<path>.part`, with a note beside it (`<path>.part.json`) of
 * what they are; the file gets its name when it is whole. A later call, of another process too,
 * goes on from there. Two that write to one path at once follow each other.
 */
export function fileSink(path: string | URL): ResumableSink {
  return new FileSink(pathOf(path));
}

/** What is known of the bytes in the part, of which `bytes` are certainly on the disk. */
interface Note extends ResourceMetadata {
  /** A digest, for an address may hold a token. */
  address: string;
  bytes: number;
}

// After so many bytes the part is brought to the disk, and the note tells so.
const SYNC_BYTES = 4 << 20;

class FileSink implements ResumableSink {
  readonly #path: string;
  readonly #part: string;
  readonly #notes: string;
  #release: (() => Promise<void>) | undefined;
  #file: FileHandle | undefined;
  #note: Note = { address: "", bytes: 0 };
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#part = `${path}.part`;
    this.#notes = `${path}.part.json`;
  }

  async open(address: string, signal?: AbortSignal): Promise<Part | undefined> {
    this.#release = await takeLock(`${this.#path}.part.lock`, signal);
    const digest = createHash("sha256").update(address).digest("hex");
    const note = await this.#readNote();
    const found = await stat(this.#part).catch(unlessMissing());
    this.#file = await open(this.#part, constants.O_RDWR | constants.O_CREAT);
    this.#note = { address: digest, bytes: 0 };
    if (note?.address !== digest || note.validator === undefined) return undefined;
    const { bytes, validator, total } = note;
    if (!(bytes > 0 && bytes <= (found?.size ?? 0))) return undefined;
    // What came after the note may not have reached the disk.
    await this.#file.truncate(bytes);
    this.#bytes = bytes;
    this.#note = note;
    return { bytes, validator, ...(total !== undefined && { total }) };
  }

  async begin({ validator, total }: ResourceMetadata): Promise<void> {
    const { address } = this.#note;
    // The old note first: it must never stand beside new bytes.
    await unlink(this.#notes).catch(unlessMissing());
    await this.#opened.truncate(0);
    this.#bytes = 0;
    this.#note = {
      address,
      bytes: 0,
      ...(validator !== undefined && { validator }),
      ...(total !== undefined && { total }),
    };
  }

  async write(bytes: Uint8Array): Promise<void> {
    // At its place and not at the end: one that slept until its lock was another's harms no byte of theirs.
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#opened.write(bytes, at, bytes.length - at, this.#bytes);
      at += bytesWritten;
      this.#bytes += bytesWritten;
    }
    if (this.#bytes - this.#note.bytes >= SYNC_BYTES) await this.#writeNote();
  }

  async close(): Promise<void> {
    await this.#opened.sync();
    await this.#closeFile();
    await rename(this.#part, this.#path);
    await unlink(this.#notes).catch(unlessMissing());
    await syncFolder(dirname(this.#path));
    await this.#letGo();
  }

  async abort(): Promise<void> {
    try {
      if (!this.#file) return;
      const isOfUse = this.#bytes > 0 && this.#note.validator !== undefined;
      if (isOfUse) await this.#writeNote();
      await this.#closeFile();
      if (isOfUse) return;
      for (const path of [this.#notes, this.#part]) await unlink(path).catch(unlessMissing());
    } finally {
      await this.#letGo();
    }
  }

  get #opened(): FileHandle {
    if (!this.#file) throw new Error("The file sink is not open.");
    return this.#file;
  }

  async #writeNote(): Promise<void> {
    if (this.#note.validator === undefined) return;
    await this.#opened.datasync();
    this.#note.bytes = this.#bytes;
    const aside = `${this.#notes}.tmp`;
    await writeFile(aside, JSON.stringify(this.#note), { mode: 0o600 });
    await rename(aside, this.#notes);
  }

  /** The note, where it is one. */
  async #readNote(): Promise<Note | undefined> {
    const text = await readFile(this.#notes, "utf8").catch(unlessMissing("null"));
    try {
      return (JSON.parse(text) as Note | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #letGo(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await this.#closeFile();
    await release?.();
  }
}
