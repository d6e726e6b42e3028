import { fromBase64 } from "./bytes.js";
import { FilmgateError } from "./error.js";
import type { Sink, Video } from "./types.js";

/** How a download may be watched and stopped. */
export interface DownloadOptions {
  signal?: AbortSignal;
  onProgress?: (bytes: number, total?: number) => void;
}

/** Streams a video into `sink`, a piece at a time, and checks its length. */
export async function download(
  fetch: typeof globalThis.fetch,
  video: Video,
  sink: Sink,
  { signal, onProgress }: DownloadOptions = {},
): Promise<{ bytes: number }> {
  const { stream, total } = await source(fetch, video, signal);
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.byteLength;
      onProgress?.(bytes, total);
      controller.enqueue(piece);
    },
    flush() {
      if (total !== undefined && bytes !== total) {
        throw failure(`The download ended after ${bytes} of ${total} bytes. Try it again.`);
      }
    },
  });
  await stream.pipeThrough(counter).pipeTo(sink, signal ? { signal } : {});
  return { bytes };
}

async function source(
  fetch: typeof globalThis.fetch,
  video: Video,
  signal?: AbortSignal,
): Promise<{ stream: ReadableStream<Uint8Array>; total?: number | undefined }> {
  if (video.data !== undefined) {
    const bytes = fromBase64(video.data.slice(video.data.indexOf(",") + 1));
    return { stream: new Blob([bytes]).stream(), total: bytes.length };
  }
  if (!video.url) throw failure("This video has neither an address nor data.");
  let response: Response;
  try {
    response = await fetch(video.url, signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const message = "Network or CORS: the video could not be fetched. A browser may still show its address.";
    throw failure(message, cause);
  }
  if (!response.ok || !response.body) {
    const { status } = response;
    if (status === 404 || status === 410) {
      const message = `The video is no longer at its address (HTTP ${status}): it has expired.`;
      throw new FilmgateError({ code: "expired", message, charge: "charged" });
    }
    throw failure(`The video's host answered with HTTP ${status}.`);
  }
  // The length is that of the encoded body, so it says nothing of a compressed one.
  const length = response.headers.get("content-encoding") ? null : response.headers.get("content-length");
  return { stream: response.body, total: length === null ? undefined : Number(length) };
}

function failure(message: string, cause?: unknown): FilmgateError {
  return new FilmgateError({ code: "network", message, charge: "charged", cause });
}
