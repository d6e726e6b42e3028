import { FilmgateError } from "../error.js";
import type {
  DownloadOptions,
  DownloadResult,
  ResourceMetadata,
  Sink,
  Video,
} from "../types/index.js";
import { linkedController } from "../util/abort.js";
import { backoffMs } from "../util/backoff.js";
import { fromBase64 } from "../util/encoding.js";
import { notify } from "../util/notify.js";
import { sleep } from "../util/sleep.js";
import { videoType } from "../util/video-type.js";
import { orAborted, within } from "../util/within.js";
import { RetryableDownloadError, downloadError, fetchRange } from "./range-request.js";
import type { BodyReader, RangeResponse } from "./range-request.js";
import { adaptSink, adaptStream } from "./sink.js";
import type { SinkAdapter } from "./sink.js";

type Fetch = typeof globalThis.fetch;

/** Consecutive requests without a new byte. */
const MAX_FRUITLESS_REQUESTS = 5;
const MAX_REQUESTS = 50;
/** Requests without any response. To a page, a host without CORS looks the same. */
const MAX_UNANSWERED_REQUESTS = 2;
/** After an abort of the caller's, a sink gets so long to keep what it has. */
const ABORT_MS = 1_000;
const BACKOFF = { initialMs: 500, maxMs: 8_000 };

/**
 * Downloads a video to `sink` in chunks, and verifies its length. If the connection drops, it resumes from there if the
 * host confirms that the rest is of the same video. Otherwise it restarts, if the sink can.
 */
export async function download(
  fetch: Fetch,
  video: Video,
  sink: Sink | string | URL,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  return downloadTo(adaptSink(sink), fetch, video, options);
}

/** Downloads a video as the body of a response, which resolves with the first byte. `onTransfer` receives its end. */
export function openVideo(
  fetch: Fetch,
  video: Video,
  options: DownloadOptions = {},
  onTransfer: (ended: Promise<DownloadResult>) => void = () => {},
): Promise<Response> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const { controller, unlisten } = linkedController(options.signal);
  // Cancelling the body ends the download at once, also while the host is silent.
  writer.closed.catch((reason: unknown) => controller.abort(reason));
  const stream = adaptStream(writer);
  return new Promise((resolve, reject) => {
    const restart = async ({ total }: ResourceMetadata) => {
      const length = total === undefined ? {} : { "content-length": String(total) };
      resolve(new Response(readable, { headers: { "content-type": videoType(video), ...length } }));
    };
    // Once the response has been returned, reading its body fails with the same error.
    const linked = { ...options, signal: controller.signal };
    const transfer = downloadTo({ ...stream, restart }, fetch, video, linked);
    onTransfer(transfer);
    transfer.catch(reject).finally(unlisten);
  });
}

async function downloadTo(
  adapter: SinkAdapter,
  fetch: Fetch,
  video: Video,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const { signal } = options;
  try {
    signal?.throwIfAborted();
    const bytes = await transfer(fetch, video, adapter, options);
    if (bytes === 0) throw downloadError("The host of the video sent an empty file. Try again.");
    await orAborted(adapter.close(), signal);
    return { bytes };
  } catch (error) {
    // A sink that stands still must not hold up an abort.
    await within(adapter.abort(error), signal?.aborted ? ABORT_MS : Infinity, () => undefined).catch(() => {});
    throw error;
  }
}

async function transfer(
  fetch: Fetch,
  video: Video,
  sink: SinkAdapter,
  options: DownloadOptions,
): Promise<number> {
  if (video.data === undefined) return new Transfer(fetch, urlOf(video), sink, options).run();
  const bytes = decode(video.data.slice(video.data.indexOf(",") + 1));
  await orAborted(sink.open("", options.signal), options.signal);
  await orAborted(sink.restart({ total: bytes.length }), options.signal);
  await orAborted(sink.write(bytes), options.signal);
  notify(options.onProgress, bytes.length, bytes.length);
  return bytes.length;
}

/** A download over several requests. */
class Transfer {
  #bytes = 0;
  #metadata: ResourceMetadata = {};
  #responded = false;
  #conditional = true;
  readonly #fetch: Fetch;
  readonly #url: string;
  readonly #sink: SinkAdapter;
  readonly #options: DownloadOptions;

  constructor(fetch: Fetch, url: string, sink: SinkAdapter, options: DownloadOptions) {
    this.#fetch = fetch;
    this.#url = url;
    this.#sink = sink;
    this.#options = options;
  }

  async run(): Promise<number> {
    const { signal } = this.#options;
    const partial = await orAborted(this.#sink.open(this.#url, signal), signal);
    if (partial) ({ bytes: this.#bytes, ...this.#metadata } = partial);
    let maxBytes = this.#bytes;
    let fruitless = 0;
    for (let requests = 1; !this.#isComplete(); requests++) {
      try {
        await this.#request();
        break;
      } catch (error) {
        if (!(error instanceof RetryableDownloadError)) throw error;
        this.#responded ||= error.responded;
        const { validator } = this.#metadata;
        if (validator === undefined) this.#assertCanRestart("cannot resume", error);
        // In a page, If-Range needs a preflight, which the host may reject.
        if (!error.responded) this.#conditional = !this.#conditional;
        fruitless = this.#bytes > maxBytes ? 1 : fruitless + 1;
        maxBytes = Math.max(maxBytes, this.#bytes);
        const limit = this.#responded ? MAX_FRUITLESS_REQUESTS : MAX_UNANSWERED_REQUESTS;
        if (fruitless >= limit || requests >= MAX_REQUESTS) throw this.#finalError(error);
        await sleep(Math.max(backoffMs(fruitless, BACKOFF), error.waitMs), signal);
      }
    }
    return this.#bytes;
  }

  #isComplete(): boolean {
    return this.#bytes > 0 && this.#bytes === this.#metadata.total;
  }

  async #request(): Promise<void> {
    const { validator, total } = this.#metadata;
    const conditional = this.#conditional;
    const hasPart = validator !== undefined && this.#bytes > 0;
    const range = hasPart ? { from: this.#bytes, validator, total, conditional } : undefined;
    const response = await fetchRange(this.#fetch, this.#url, range, this.#options.signal);
    if (response.kind === "changed") {
      this.#assertCanRestart("now has another file at this URL");
      this.#metadata = {};
      return this.#request();
    }
    try {
      await this.#write(response.body, await this.#bytesToSkip(response));
    } finally {
      response.body.cancel();
    }
    this.#checkLength();
  }

  /** Determines where the response starts, and how many of its bytes the sink already has. */
  async #bytesToSkip(response: Exclude<RangeResponse, { kind: "changed" }>): Promise<number> {
    this.#responded = true;
    if (response.kind === "range") {
      if (response.total !== undefined) this.#metadata.total = response.total;
      return 0;
    }
    const { validator, total } = response;
    // A host without range requests sends the whole of the same video again.
    if (validator !== undefined && validator === this.#metadata.validator) return this.#bytes;
    this.#assertCanRestart("now has another file at this URL");
    this.#bytes = 0;
    this.#metadata = { validator, total };
    await orAborted(this.#sink.restart(this.#metadata), this.#options.signal);
    return 0;
  }

  async #write(body: BodyReader, skip: number): Promise<void> {
    const { signal, onProgress } = this.#options;
    let toSkip = skip;
    for (let chunk = await body.next(); chunk; chunk = await body.next()) {
      signal?.throwIfAborted();
      const fresh = chunk.subarray(Math.min(toSkip, chunk.length));
      toSkip -= chunk.length - fresh.length;
      if (fresh.length === 0) continue;
      await orAborted(this.#sink.write(fresh), signal);
      this.#bytes += fresh.length;
      notify(onProgress, this.#bytes, this.#metadata.total);
    }
    signal?.throwIfAborted();
    if (toSkip > 0) {
      throw new RetryableDownloadError("The connection was lost during the download.", true);
    }
  }

  #checkLength(): void {
    const { total } = this.#metadata;
    if (total === undefined || this.#bytes === total) return;
    const message = `The download ended after ${this.#bytes} of ${total} bytes.`;
    if (this.#bytes < total) throw new RetryableDownloadError(message, true);
    throw downloadError(`The host sent more than the announced ${total} bytes. Try again.`);
  }

  /** Throws if the sink holds bytes that it cannot discard. */
  #assertCanRestart(why: string, { cause }: { cause?: unknown } = {}): void {
    if (this.#bytes === 0 || this.#sink.canRestart) return;
    const message =
      `The connection was lost after ${this.#bytes} bytes, and the host of the video ${why}. ` +
      "Try again with an empty sink.";
    throw downloadError(message, cause);
  }

  #finalError(error: RetryableDownloadError): FilmgateError {
    const canResume = this.#bytes > 0 && this.#metadata.validator !== undefined;
    const advice = canResume ? "Try again: a file resumes from there." : "Try again.";
    return downloadError(`${error.message} ${advice}`, error.cause);
  }
}

/** The URL, if its scheme is one to fetch from. A `file:` URL is not. */
function urlOf({ url }: Video): string {
  if (!url) throw new FilmgateError({ code: "invalid_request", message: "A video has a URL or data." });
  let protocol: string | undefined;
  try {
    ({ protocol } = new URL(url));
  } catch {
    // The platform's error quotes the URL.
  }
  if (protocol && /^(https?|blob|data):$/.test(protocol)) return url;
  throw downloadError("The URL of this video must be http, https, blob or data.");
}

/** Also with the characters of URLs, in lines or without padding: the same that src/provider reads as a video. */
function decode(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(base64.replaceAll("-", "+").replaceAll("_", "/"));
  } catch (cause) {
    const message = "The data of this video is not Base64.";
    throw new FilmgateError({ code: "invalid_response", message, charge: "charged", cause });
  }
}
