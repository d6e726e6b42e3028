import { FilmgateError } from "../error.js";
import { invalidOption } from "../util/options.js";
import type { ResumableSink, Sink, WritableFileHandle } from "../types/index.js";

/** Any sink, as the download uses it. */
export interface SinkAdapter extends ResumableSink {
  /** Whether `restart` is possible once something has been written. */
  readonly canRestart: boolean;
}

let openFile: ((path: string | URL) => ResumableSink) | undefined;

/** Sets how a path is opened, where there is a file system. */
export function setFileSink(open: (path: string | URL) => ResumableSink): void {
  openFile = open;
}

const SINKS =
  "`sink` must be an unlocked `WritableStream` (of Node: `Writable.toWeb(stream)`), a file handle of a page, or a sink " +
  "such as `fileSink` of `filmgate/node`. Without one, `download` returns a Response.";

/** @throws FilmgateError `invalid_request` if the sink is none, or is in use */
export function adaptSink(given: Sink | string | URL): SinkAdapter {
  try {
    return adapterOf(typeof given === "string" || given instanceof URL ? fileAt(given) : given);
  } catch (error) {
    throw error instanceof FilmgateError ? error : sinkError(SINKS);
  }
}

function adapterOf(sink: Sink): SinkAdapter {
  if ("getWriter" in sink) return adaptStream(sink.getWriter());
  if ("createWritable" in sink) return adaptFile(sink);
  // A file handle has a `kind`, also where it cannot be written to.
  if ("kind" in sink) throw sinkError("This environment writes no file by its handle. Pass a WritableStream.");
  if (!("restart" in sink)) throw sinkError(SINKS);
  return {
    canRestart: true,
    open: (url, signal) => sink.open(url, signal),
    restart: (metadata) => sink.restart(metadata),
    write: (bytes) => sink.write(bytes),
    close: () => sink.close(),
    abort: (reason) => sink.abort(reason),
  };
}

function fileAt(path: string | URL): ResumableSink {
  if (path instanceof URL && path.protocol !== "file:") {
    throw sinkError("The URL of a sink must begin with `file:`. The first argument of `download` is the video.");
  }
  if (openFile) return openFile(path);
  throw sinkError(`This entry of the package writes no file by its path. ${SINKS}`);
}

const sinkError = (message: string): FilmgateError => invalidOption("sink", "invalid_type", message);

export function adaptStream(writer: WritableStreamDefaultWriter<Uint8Array>): SinkAdapter {
  return {
    // Bytes cannot be taken back from a stream.
    canRestart: false,
    open: async () => undefined,
    restart: async () => {},
    write: (bytes) => writer.write(bytes),
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  };
}

/** The browser writes to a temporary file and replaces the target on close. */
function adaptFile(handle: WritableFileHandle): SinkAdapter {
  let writer: WritableStreamDefaultWriter | undefined;
  return {
    canRestart: true,
    open: async () => {
      writer = (await handle.createWritable()).getWriter();
      return undefined;
    },
    restart: async () => writer?.write({ type: "truncate", size: 0 }),
    write: async (bytes) => writer?.write(bytes),
    close: async () => writer?.close(),
    abort: async (reason) => writer?.abort(reason),
  };
}
