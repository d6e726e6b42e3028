/** Options of a download. */
export interface DownloadOptions {
  /** Aborts the download; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Called with the number of bytes written so far. `total` is undefined if the host does not send a length. What it
   * throws, or rejects with, is ignored.
   */
  onProgress?: ((bytes: number, total?: number) => void) | undefined;
}

/** A finished download. */
export interface DownloadResult {
  /** Length of the video. */
  bytes: number;
}

/**
 * Target of a download: a stream; a file of a page (`FileSystemFileHandle`), which changes only when the video is
 * complete; or a sink that keeps partial data between two calls, such as `fileSink` of `filmgate/node`.
 */
export type Sink = WritableStream<Uint8Array> | WritableFileHandle | ResumableSink;

/** The part of `FileSystemFileHandle` that `download` uses. */
export interface WritableFileHandle {
  /** Distinguishes a file from a directory. */
  readonly kind: "file";
  /** Opens the file for writing. */
  createWritable(): Promise<WritableStream>;
}

/** What a host says about a video. */
export interface ResourceMetadata {
  /** Identifies these bytes among all versions at the same URL. Undefined if the host sends no strong validator. */
  validator?: string | undefined;
  /** Length of the whole video, in bytes. */
  total?: number | undefined;
}

/** The first bytes of a video, and what its host said when they were fetched. */
export interface PartialDownload extends ResourceMetadata {
  /** Number of bytes present. */
  bytes: number;
  /** Identifies these bytes among all versions at the same URL. */
  validator: string;
}

/** A sink that keeps partial data when a download breaks off, so that the next call resumes from there. */
export interface ResumableSink {
  /** Called first. Returns what an earlier call has stored of the video at that URL. */
  open(url: string, signal?: AbortSignal): Promise<PartialDownload | undefined>;
  /**
   * Discards stored data: the video starts from its first byte. Without a validator, a partial download cannot be
   * resumed.
   */
  restart(metadata: ResourceMetadata): Promise<void>;
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** The video is complete. */
  close(): Promise<void>;
  /** The video is incomplete, and no more bytes follow in this call. */
  abort(reason: unknown): Promise<void>;
}
