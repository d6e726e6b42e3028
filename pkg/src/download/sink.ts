// Where a download can go, and how each of these places is written to.

/** How a download may be watched and stopped. */
export interface DownloadOptions {
  /** Stops the download, with the signal's own reason. */
  signal?: AbortSignal;
  /** Called as bytes arrive; `total` is absent where the host does not tell it. */
  onProgress?: (bytes: number, total?: number) => void;
}

/** A video that was brought to its sink. */
export interface DownloadResult {
  /** Its length. */
  bytes: number;
}

/**
 * Where `download` puts the bytes: a stream; a file of a page's own or of the user's, by its handle
 * (`FileSystemFileHandle`, whose file changes only when the video is whole); or a sink that keeps
 * what it has between two calls, such as `fileSink` of `filmgate/node`.
 */
export type Sink = WritableStream<Uint8Array> | WritableFileHandle | ResumableSink;

/** What `download` uses of a `FileSystemFileHandle`. */
export interface WritableFileHandle {
  /** Tells it from a folder's handle. */
  readonly kind: "file";
  /** Opens the file for writing. */
  createWritable(): Promise<WritableStream>;
}

/** The first bytes of a video, and what its host said of it when they were fetched. */
export interface Part extends ResourceMetadata {
  /** How many there are. */
  bytes: number;
  validator: string;
}

/** What a host says of a video. */
export interface ResourceMetadata {
  /**
   * Tells these bytes from any others at the same address; absent where the host gives nothing that
   * does.
   */
  validator?: string;
  /** The whole video's length. */
  total?: number;
}

/**
 * A sink that keeps what it has when a download breaks off, so that the next call goes on from
 * there.
 */
export interface ResumableSink {
  /** Called first: what an earlier call has left of the video at that address. */
  open(address: string, signal?: AbortSignal): Promise<Part | undefined>;
  /**
   * Drops what there is: the video comes from its first byte on. Without a validator the rest of it
   * can never be asked for.
   */
  begin(facts: ResourceMetadata): Promise<void>;
  /** Keeps the next bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** The video is whole. */
  close(): Promise<void>;
  /** The video is not whole, and no more will come in this call. */
  abort(reason: unknown): Promise<void>;
}

/** A sink as the download sees it. */
export interface Place extends ResumableSink {
  /** Whether `begin` is possible once something has been written. */
  readonly canBeginAgain: boolean;
}

export function placeOf(sink: Sink): Place {
  if ("getWriter" in sink) return streamPlace(sink.getWriter());
  if ("createWritable" in sink) return filePlace(sink);
  if (!("begin" in sink)) {
    const message = "Here a file cannot be written by its handle. Pass a WritableStream.";
    throw new TypeError(message);
  }
  return {
    canBeginAgain: true,
    open: (address, signal) => sink.open(address, signal),
    begin: (facts) => sink.begin(facts),
    write: (bytes) => sink.write(bytes),
    close: () => sink.close(),
    abort: (reason) => sink.abort(reason),
  };
}

function streamPlace(writer: WritableStreamDefaultWriter<Uint8Array>): Place {
  return {
    // What went into a stream is gone.
    canBeginAgain: false,
    open: async () => undefined,
    begin: async () => {},
    write: (bytes) => writer.write(bytes),
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  };
}

/** The browser writes beside the file, and puts that in its place at the end. */
function filePlace(handle: WritableFileHandle): Place {
  let writer: WritableStreamDefaultWriter | undefined;
  return {
    canBeginAgain: true,
    open: async () => {
      writer = (await handle.createWritable()).getWriter();
      return undefined;
    },
    begin: async () => writer?.write({ type: "truncate", size: 0 }),
    write: async (bytes) => writer?.write(bytes),
    close: async () => writer?.close(),
    abort: async (reason) => writer?.abort(reason),
  };
}
