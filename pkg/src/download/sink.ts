import { invalidOption } from "../util/options.js";
import type { ResumableSink, Sink, WritableFileHandle } from "../types/index.js";

/** Any sink, as the download uses it. */
export interface SinkAdapter extends ResumableSink {
  /** Whether `restart` is possible once something has been written. */
  readonly canRestart: boolean;
}

/** @throws FilmgateError `invalid_request` if the sink is none, or is in use */
export function adaptSink(sink: Sink): SinkAdapter {
  try {
    return adapterOf(sink);
  } catch {
    const message = "This sink cannot be written here. Pass a WritableStream that nothing has locked, or a `fileSink`.";
    throw invalidOption("sink", "invalid_type", message);
  }
}

function adapterOf(sink: Sink): SinkAdapter {
  if ("getWriter" in sink) return adaptStream(sink.getWriter());
  if ("createWritable" in sink) return adaptFile(sink);
  if (!("restart" in sink)) throw new TypeError("This is no sink.");
  return {
    canRestart: true,
    open: (url, signal) => sink.open(url, signal),
    restart: (metadata) => sink.restart(metadata),
    write: (bytes) => sink.write(bytes),
    close: () => sink.close(),
    abort: (reason) => sink.abort(reason),
  };
}

function adaptStream(writer: WritableStreamDefaultWriter<Uint8Array>): SinkAdapter {
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
