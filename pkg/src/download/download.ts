import { onAbort } from "../util/abort.js";
import { fromBase64 } from "../util/images.js";
import { FilmgateError } from "../error.js";
import { placeOf } from "./sink.js";
import type { DownloadOptions, ResourceMetadata, Place, Sink } from "./sink.js";
import type { Video } from "../types/index.js";
import { Broken, ask, failure } from "./range-request.js";
import type { Answer, Body } from "./range-request.js";

type Fetch = typeof globalThis.fetch;

/**
 * Brings a video into `sink`, a piece at a time, and checks its length. Where the connection breaks
 * it goes on from there, if the host can tell that the rest is of the same video; otherwise it
 * begins again, if the sink can.
 */
export async function download(
  fetch: Fetch,
  video: Video,
  sink: Sink,
  options: DownloadOptions = {},
): Promise<{ bytes: number }> {
  const { signal } = options;
  const place = placeOf(sink);
  try {
    signal?.throwIfAborted();
    const bytes = await bring(fetch, video, place, options);
    if (bytes === 0) throw failure("The video's host sent an empty file. Try it again.");
    await place.close();
    return { bytes };
  } catch (error) {
    // Whoever opened the sink hears that no more will come.
    await place.abort(error).catch(() => {});
    throw error;
  }
}

async function bring(
  fetch: Fetch,
  video: Video,
  place: Place,
  options: DownloadOptions,
): Promise<number> {
  if (video.data !== undefined) {
    const bytes = decoded(video.data.slice(video.data.indexOf(",") + 1));
    await place.open("", options.signal);
    await place.begin({ total: bytes.length });
    await place.write(bytes);
    options.onProgress?.(bytes.length, bytes.length);
    return bytes.length;
  }
  const fetching = new Fetching(fetch, addressOf(video), place, options);
  return fetching.run();
}

// Requests in a row that bring nothing new, and in all.
const FRUITLESS = 5;
const MOST_REQUESTS = 50;
// A first request that nobody answers: a page that may not read the host hears no more than that.
const UNANSWERED = 2;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** A video on its way, over as many requests as it takes. */
class Fetching {
  #bytes = 0;
  #facts: ResourceMetadata = {};
  #answered = false;
  #conditional = true;
  readonly #fetch: Fetch;
  readonly #address: string;
  readonly #place: Place;
  readonly #options: DownloadOptions;

  constructor(fetch: Fetch, address: string, place: Place, options: DownloadOptions) {
    this.#fetch = fetch;
    this.#address = address;
    this.#place = place;
    this.#options = options;
  }

  async run(): Promise<number> {
    const { signal } = this.#options;
    const kept = await this.#place.open(this.#address, signal);
    if (kept) ({ bytes: this.#bytes, ...this.#facts } = kept);
    let most = this.#bytes;
    let fruitless = 0;
    for (let requests = 1; !this.#isWhole(); requests++) {
      try {
        await this.#request();
        break;
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        this.#answered ||= error.answered;
        const { validator } = this.#facts;
        if (validator === undefined) this.#mayBeginAgain("cannot go on from there", error);
        // In a page If-Range has to be asked for beforehand, and a host may refuse that.
        if (!error.answered) this.#conditional = !this.#conditional;
        fruitless = this.#bytes > most ? 1 : fruitless + 1;
        most = Math.max(most, this.#bytes);
        const limit = this.#answered ? FRUITLESS : UNANSWERED;
        if (fruitless >= limit || requests >= MOST_REQUESTS) throw this.#givenUp(error);
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** (fruitless - 1), LONGEST_PAUSE_MS);
        await pauseFor(Math.max(pause, error.waitMs), signal);
      }
    }
    return this.#bytes;
  }

  #isWhole(): boolean {
    return this.#bytes > 0 && this.#bytes === this.#facts.total;
  }

  async #request(): Promise<void> {
    const { validator, total } = this.#facts;
    const conditional = this.#conditional;
    const hasPart = validator !== undefined && this.#bytes > 0;
    const wish = hasPart ? { from: this.#bytes, validator, total, conditional } : undefined;
    const answer = await ask(this.#fetch, this.#address, wish, this.#options.signal);
    if (answer.kind === "changed") {
      this.#mayBeginAgain("has other bytes there now");
      this.#facts = {};
      return this.#request();
    }
    try {
      await this.#take(answer.body, await this.#bytesToSkip(answer));
    } finally {
      answer.body.drop();
    }
    this.#checkLength();
  }

  /** Settles where the answer begins; how much of it is there already. */
  async #bytesToSkip(answer: Exclude<Answer, { kind: "changed" }>): Promise<number> {
    this.#answered = true;
    if (answer.kind === "rest") {
      if (answer.total !== undefined) this.#facts.total = answer.total;
      return 0;
    }
    const { validator, total } = answer;
    // A host without ranges sends all of the same video again.
    if (validator !== undefined && validator === this.#facts.validator) return this.#bytes;
    this.#mayBeginAgain("has other bytes there now");
    this.#bytes = 0;
    this.#facts = {
      ...(validator !== undefined && { validator }),
      ...(total !== undefined && { total }),
    };
    await this.#place.begin(this.#facts);
    return 0;
  }

  async #take(body: Body, skip: number): Promise<void> {
    const { signal, onProgress } = this.#options;
    let left = skip;
    for (let piece = await body.next(); piece; piece = await body.next()) {
      signal?.throwIfAborted();
      const fresh = piece.subarray(Math.min(left, piece.length));
      left -= piece.length - fresh.length;
      if (fresh.length === 0) continue;
      await this.#place.write(fresh);
      this.#bytes += fresh.length;
      onProgress?.(this.#bytes, this.#facts.total);
    }
    signal?.throwIfAborted();
    if (left > 0) throw new Broken("The connection broke off during the download.", true);
  }

  #checkLength(): void {
    const { total } = this.#facts;
    if (total === undefined || this.#bytes === total) return;
    const message = `The download ended after ${this.#bytes} of ${total} bytes.`;
    if (this.#bytes < total) throw new Broken(message, true);
    throw failure(`The host sent more than the ${total} bytes it had told. Try it again.`);
  }

  /** Refuses where bytes are in the sink that cannot be taken back. */
  #mayBeginAgain(why: string, { cause }: { cause?: unknown } = {}): void {
    if (this.#bytes === 0 || this.#place.canBeginAgain) return;
    const message =
      `The connection broke off after ${this.#bytes} bytes, and the video's host ${why}. ` +
      "Try it again, with an empty sink.";
    throw failure(message, cause);
  }

  #givenUp(error: Broken): FilmgateError {
    const keeps = this.#bytes > 0 && this.#facts.validator !== undefined;
    const again = keeps ? "Try it again: a file goes on from there." : "Try it again.";
    return failure(`${error.message} ${again}`, error.cause);
  }
}

/** An address that is fetched as it stands: of a file of this machine nobody asked for a copy. */
function addressOf({ url }: Video): string {
  if (!url) throw failure("This video has neither an address nor data.");
  let protocol: string | undefined;
  try {
    ({ protocol } = new URL(url));
  } catch {
    // The platform's own error would quote it.
  }
  if (protocol && /^(https?|blob|data):$/.test(protocol)) return url;
  throw failure("This video's address is none that can be fetched.");
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(base64);
  } catch (cause) {
    const message = "This video's data is no Base64.";
    throw new FilmgateError({ code: "invalid_response", message, charge: "charged", cause });
  }
}

function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const unlisten = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal?.reason);
    });
    const timer = setTimeout(() => {
      unlisten();
      resolve();
    }, ms);
  });
}
