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
  let bytes = 0;
  try {
    const { stream, total } = await source(fetch, video, signal);
    const counted = watched(stream, signal, (piece) => {
      bytes += piece?.byteLength ?? 0;
      if (piece) onProgress?.(bytes, total);
      else if (total !== undefined && bytes < total) {
        throw failure(`The download ended after ${bytes} of ${total} bytes. Try it again.`);
      }
    });
    await counted.pipeTo(sink, signal ? { signal } : {});
    return { bytes };
  } catch (error) {
    // Whoever opened the sink hears that no more will come; where the stream broke, it has heard already.
    await sink.abort(error).catch(() => {});
    throw error;
  }
}

/** The same stream; `see` is shown each piece, and nothing at the end. A stream that breaks does so in our words. */
function watched(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
  see: (piece?: Uint8Array) => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const broken = (cause: unknown): never => {
    if (signal?.aborted) throw signal.reason;
    throw failure("The connection broke off during the download. Try it again.", cause);
  };
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch(broken);
      see(value);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function source(
  fetch: typeof globalThis.fetch,
  video: Video,
  signal?: AbortSignal,
): Promise<{ stream: ReadableStream<Uint8Array>; total?: number | undefined }> {
  if (video.data !== undefined) {
    const bytes = decoded(video.data.slice(video.data.indexOf(",") + 1));
    return { stream: new Blob([bytes]).stream(), total: bytes.length };
  }
  if (!video.url) throw failure("This video has neither an address nor data.");
  let response: Response;
  try {
    response = await fetch(video.url, signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const message =
      "Network or CORS: the video could not be fetched. A browser may still show its address.";
    throw failure(message, cause);
  }
  if (!response.ok || !response.body) {
    const { status } = response;
    void response.body?.cancel().catch(() => {});
    if (status === 404 || status === 410) {
      const message = `The video is no longer at its address (HTTP ${status}): it has expired.`;
      throw new FilmgateError({ code: "expired", message, charge: "charged" });
    }
    throw failure(`The video's host answered with HTTP ${status}.`);
  }
  // The length is that of the encoded body, so it says nothing of a compressed one.
  const length = response.headers.get("content-encoding")
    ? null
    : response.headers.get("content-length");
  return { stream: response.body, total: length === null ? undefined : Number(length) };
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(base64);
  } catch (cause) {
    const message = "This video's data is no Base64.";
    throw new FilmgateError({ code: "bad_answer", message, charge: "charged", cause });
  }
}

function failure(message: string, cause?: unknown): FilmgateError {
  return new FilmgateError({ code: "network", message, charge: "charged", cause });
}
