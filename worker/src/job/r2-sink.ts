// A file of R2 as a place that `film.download` writes to: piece by piece, never the whole in memory.
import { FilmgateError } from "filmgate";
import type { ResumableSink, ResourceMetadata } from "filmgate";
import { Boxes } from "./mp4-boxes.js";

/** A file that is being written. Nothing is there before it is whole. */
interface Upload {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<R2Object>;
  abort(reason: unknown): Promise<void>;
}

/** R2's parts are of one length, 5 MiB at least. */
const PART_BYTES = 8 * 1024 * 1024;

/** Where a file goes, once its host has told of what type it is. */
export interface Target {
  key: string;
  type: string;
}

/** Writes one file. What a broken connection has brought stays as long as the call lasts. */
export class R2Sink implements ResumableSink {
  /** The file, once it is whole. */
  file: R2Object | undefined;
  readonly #bucket: R2Bucket;
  readonly #target: () => Target;
  readonly #mayBreakOff: boolean;
  #upload: Upload | undefined;
  #boxes = new Boxes();
  #left = Infinity;

  /** `mayBreakOff`: a file that seems to end in its middle is kept all the same. */
  constructor(bucket: R2Bucket, target: () => Target, mayBreakOff = false) {
    this.#bucket = bucket;
    this.#target = target;
    this.#mayBreakOff = mayBreakOff;
  }

  async open(): Promise<undefined> {
    return undefined;
  }

  async restart({ total }: ResourceMetadata): Promise<void> {
    await this.#upload?.abort(new Error("The video comes from its first byte on."));
    const target = this.#target();
    this.#boxes = new Boxes();
    this.#left = total ?? Infinity;
    this.#upload =
      total === undefined
        ? await uploadInParts(this.#bucket, target)
        : uploadWhole(this.#bucket, target, total);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#boxes.see(bytes);
    this.#left -= bytes.length;
    // R2 would have the whole with these.
    if (this.#left <= 0) this.#checkEnd();
    await this.#upload?.write(bytes);
  }

  async close(): Promise<void> {
    this.#checkEnd();
    this.file = await this.#upload?.close();
  }

  async abort(reason: unknown): Promise<void> {
    await this.#upload?.abort(reason);
    this.#upload = undefined;
  }

  #checkEnd(): void {
    if (this.#mayBreakOff || !this.#boxes.isBrokenOff()) return;
    const message = "The video's file ends in its middle.";
    throw new FilmgateError({ code: "invalid_response", message, charge: "charged" });
  }
}

/** Of a known length: R2 takes it as a stream, and keeps nothing of one that ends too early. */
function uploadWhole(bucket: R2Bucket, { key, type }: Target, total: number): Upload {
  const { readable, writable } = new FixedLengthStream(total);
  const writer = writable.getWriter();
  const put = bucket.put(key, readable, { httpMetadata: { contentType: type } });
  // Who writes on would wait for ever for a reader that is gone.
  const refused = put.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => Promise.reject(error),
  );
  refused.catch(() => {});
  return {
    write: async (bytes) => Promise.race([writer.write(bytes), refused]),
    close: async () => {
      await Promise.race([writer.close(), refused]);
      return put;
    },
    abort: async (reason) => {
      await writer.abort(reason).catch(() => {});
      await put.catch(() => {});
    },
  };
}

/** Of an unknown length: in parts, of which one at a time is in memory. */
async function uploadInParts(bucket: R2Bucket, { key, type }: Target): Promise<Upload> {
  const upload = await bucket.createMultipartUpload(key, { httpMetadata: { contentType: type } });
  const sent: R2UploadedPart[] = [];
  let part = new Uint8Array(PART_BYTES);
  let filled = 0;
  const send = async (): Promise<void> => {
    sent.push(await upload.uploadPart(sent.length + 1, part.subarray(0, filled)));
    part = new Uint8Array(PART_BYTES);
    filled = 0;
  };
  return {
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const piece = bytes.subarray(at, at + PART_BYTES - filled);
        part.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled === PART_BYTES) await send();
      }
    },
    close: async () => {
      if (filled > 0) await send();
      return upload.complete(sent);
    },
    abort: async () => upload.abort().catch(() => {}),
  };
}
