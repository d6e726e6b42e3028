// A sink for `client.download` that writes to R2 in chunks: the whole file is never in memory.
import { FilmgateError } from "filmgate/gateway-server";
import type { ResumableSink, ResourceMetadata } from "filmgate";
import { Mp4BoxScanner } from "./mp4-boxes.js";
import { SIGNATURE_BYTES, isVideo } from "./video-signature.js";

/** A file that is being written. It becomes visible when it is complete. */
interface Upload {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<R2Object>;
  abort(reason: unknown): Promise<void>;
}

/** R2's parts have equal lengths of at least 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** A longer file is not a video of any model; R2 would be filled by a host that never ends. */
const MAX_VIDEO_BYTES = 4 * 1024 ** 3;

export interface SinkOptions {
  /** A file that seems truncated is archived all the same. */
  allowTruncated?: boolean;
  /** Default: 4 GiB. */
  maxBytes?: number;
}

/** Where a file goes, once its host has declared its type. */
export interface Target {
  key: string;
  type: string;
}

/** Writes one file. After a broken connection the download resumes as long as the call lasts. */
export class R2Sink implements ResumableSink {
  /** The file, once it is complete. */
  file: R2Object | undefined;
  readonly #bucket: R2Bucket;
  readonly #target: () => Target;
  readonly #allowTruncated: boolean;
  readonly #maxBytes: number;
  #upload: Upload | undefined;
  #boxes = new Mp4BoxScanner();
  #left = Infinity;
  #written = 0;
  #signature: number[] = [];

  constructor(bucket: R2Bucket, target: () => Target, options: SinkOptions = {}) {
    const { allowTruncated = false, maxBytes = MAX_VIDEO_BYTES } = options;
    this.#bucket = bucket;
    this.#target = target;
    this.#allowTruncated = allowTruncated;
    this.#maxBytes = maxBytes;
  }

  async open(): Promise<undefined> {
    return undefined;
  }

  async restart({ total }: ResourceMetadata): Promise<void> {
    await this.#upload?.abort(new Error("The download restarts from the first byte."));
    this.#upload = undefined;
    if ((total ?? 0) > this.#maxBytes) throw rejected("The video file is too long to be archived.");
    const target = this.#target();
    this.#written = 0;
    this.#signature = [];
    this.#boxes = new Mp4BoxScanner();
    this.#left = total ?? Infinity;
    this.#upload =
      total === undefined
        ? await uploadInParts(this.#bucket, target)
        : uploadWhole(this.#bucket, target, total);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#boxes.scan(bytes);
    this.#checkSignature(bytes);
    this.#left -= bytes.length;
    this.#written += bytes.length;
    if (this.#written > this.#maxBytes) throw rejected("The video file is too long to be archived.");
    // With these bytes the file would be complete.
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

  /** As soon as enough bytes are there, before any of them is visible in R2. */
  #checkSignature(bytes: Uint8Array): void {
    if (this.#signature.length >= SIGNATURE_BYTES) return;
    this.#signature.push(...bytes.subarray(0, SIGNATURE_BYTES - this.#signature.length));
    if (this.#signature.length >= SIGNATURE_BYTES && !isVideo(this.#signature)) throw NOT_A_VIDEO();
  }

  #checkEnd(): void {
    if (this.#signature.length < SIGNATURE_BYTES) throw NOT_A_VIDEO();
    if (!this.#allowTruncated && this.#boxes.isTruncated()) throw rejected("The video file is truncated.");
  }
}

const NOT_A_VIDEO = () => rejected("The file is not a video.");

const rejected = (message: string): FilmgateError =>
  new FilmgateError({ code: "invalid_response", message, charge: "charged" });

/** Of known length: R2 reads a stream, and discards one that ends too early. */
function uploadWhole(bucket: R2Bucket, { key, type }: Target, total: number): Upload {
  const { readable, writable } = new FixedLengthStream(total);
  const writer = writable.getWriter();
  const put = bucket.put(key, readable, { httpMetadata: { contentType: type } });
  // After an error R2 stops reading, and a write would never resolve.
  const failure = put.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => Promise.reject(error),
  );
  failure.catch(() => {});
  return {
    write: async (bytes) => Promise.race([writer.write(bytes), failure]),
    close: async () => {
      await Promise.race([writer.close(), failure]);
      return put;
    },
    abort: async (reason) => {
      await writer.abort(reason).catch(() => {});
      await put.catch(() => {});
    },
  };
}

/** Of unknown length: in parts, one of which is in memory at a time. */
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
        const chunk = bytes.subarray(at, at + PART_BYTES - filled);
        part.set(chunk, filled);
        filled += chunk.length;
        at += chunk.length;
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
