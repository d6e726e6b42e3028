// A completed video: downloaded by filmgate and played from memory if the provider allows a page to
// read it (CORS); otherwise, and while a long download runs, played from the provider's URL.

import { signal } from "@preact/signals";
import type { Video } from "filmgate";
import { size } from "../text/format.js";
import type { Environment } from "./environment.js";
import { keepVideo, keptVideo } from "./library.js";
import { posterOf, takePosterOf } from "./posters.js";

const TYPES: Record<string, string> = { mp4: "video/mp4", webm: "video/webm", mov: "video/quicktime" };
/** A download that takes longer is played from its URL meanwhile. */
const MAX_WAIT_MS = 1_500;

export class VideoView {
  /** The address that plays now. */
  readonly source = signal<string | undefined>(undefined);
  /** The address of the whole file in memory. */
  readonly file = signal<string | undefined>(undefined);
  readonly note = signal("");
  readonly hasFailed = signal(false);
  readonly canRetry = signal(false);
  readonly name: string;
  #waiting = new AbortController();
  #isLoading = false;

  /** `autoplay`: it starts by itself, muted. */
  constructor(
    readonly video: Video,
    readonly jobId: string,
    readonly index: number,
    readonly autoplay: boolean,
    private readonly environment: Environment,
  ) {
    this.name = videoName(video, jobId, index);
  }

  get poster(): string | undefined {
    return posterOf(this.jobId);
  }

  get isLoaded(): boolean {
    return this.#isLoading;
  }

  async load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.hasFailed.value = false;
    const kept = await keptVideo(this.jobId, this.index).catch(() => undefined);
    if (kept) return this.#take(kept, `${size(kept.size)}, kept on this device.`);
    this.note.value = "Downloading the video…";
    const early = setTimeout(() => this.#playFromUrl(), MAX_WAIT_MS);
    try {
      const blob = await this.#fetch();
      this.#take(blob, `${size(blob.size)}, in this page's memory until the page is closed.`);
      const isKept = await keepVideo(this.jobId, this.index, blob).catch(() => false);
      if (isKept) this.note.value = `${size(blob.size)}, kept on this device.`;
    } catch (error) {
      this.#fail(error as { code?: string; message: string });
    } finally {
      clearTimeout(early);
    }
  }

  close(): void {
    this.#waiting.abort();
    if (this.file.value) URL.revokeObjectURL(this.file.value);
  }

  /** The player could not play the provider's URL. */
  onPlayerError(): void {
    if (!this.source.value || this.source.value === this.file.value) return;
    this.#giveUp("The video cannot be loaded.");
  }

  #take(blob: Blob, note: string): void {
    this.file.value = URL.createObjectURL(blob);
    // What already plays from its URL is not interrupted.
    if (this.source.value !== undefined && this.index === 0) void takePosterOf(this.jobId, this.file.value);
    this.source.value ??= this.file.value;
    this.note.value = note;
  }

  #playFromUrl(): void {
    if (this.environment.playsFromUrl && this.video.url) this.source.value ??= this.video.url;
  }

  #fail(error: { code?: string; message: string }): void {
    if (this.environment.playsFromUrl && this.video.url && error.code !== "result_expired") {
      this.#playFromUrl();
      this.note.value = "Played from the provider's URL.";
      return;
    }
    this.#giveUp(error.message, error.code !== "result_expired");
  }

  /** Offers a retry, and retries by itself when the network is back. */
  #giveUp(message: string, canRetry = true): void {
    this.source.value = undefined;
    this.note.value = message;
    this.hasFailed.value = true;
    this.canRetry.value = canRetry;
    this.#isLoading = false;
    this.#waiting = new AbortController();
    if (canRetry) addEventListener("online", () => this.retry(), { signal: this.#waiting.signal });
  }

  retry(): void {
    this.#waiting.abort();
    void this.load();
  }

  async #fetch(): Promise<Blob> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const sink = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk as Uint8Array<ArrayBuffer>) });
    const onProgress = (bytes: number, total?: number) =>
      (this.note.value = `Downloading the video: ${size(bytes)}${total ? ` of ${size(total)}` : ""}`);
    await this.environment.client.download(this.video, sink, { onProgress });
    return new Blob(chunks, { type: TYPES[this.name.split(".").at(-1)!] });
  }
}

/** A file name for a video: the start of the job id, its number, and the extension of its URL. */
function videoName({ url = "" }: Video, id: string, index: number): string {
  const extension = /\.(mp4|webm|mov)(?:$|[?#])/i.exec(url)?.[1]?.toLowerCase() ?? "mp4";
  return `filmgate-${id.slice(0, 8)}-${index + 1}.${extension}`;
}
