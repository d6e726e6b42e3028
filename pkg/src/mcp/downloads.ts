// Downloads of videos. One that takes longer than a call goes on, and the next call finds it.
import { pathToFileURL } from "node:url";
import { FilmgateError } from "../error.js";
import { newFileSink } from "../node/file-sink.js";
import { sleep } from "../util/sleep.js";
import { videoType } from "../util/video-type.js";
import type { VideoFolder } from "./video-folder.js";
import type { Filmgate, Video } from "../types/index.js";

export interface DownloadedFile {
  path: string;
  uri: string;
  bytes: number;
  mimeType: string;
}

export interface DownloadRequest {
  id: string;
  videos: readonly Video[];
  name: string | undefined;
  maxMs: number;
  onProgress: (fraction: number) => void;
}

export class Downloads {
  /** By the path of the file. */
  readonly #running = new Map<string, Promise<number>>();

  constructor(
    readonly client: Filmgate,
    readonly folder: VideoFolder,
    /** Aborts when the server ends. What is there by then stays, and the next download continues from it. */
    readonly signal: AbortSignal,
  ) {}

  /** The files that are complete within the time. */
  async download({ id, videos, name, maxMs, onProgress }: DownloadRequest): Promise<DownloadedFile[]> {
    const files: DownloadedFile[] = [];
    const all = videos.map(async (video, at) => {
      const mimeType = videoType(video);
      const { path, bytes: present } = await this.folder.file({ name, id, at, count: videos.length, type: mimeType });
      const bytes = present ?? (await this.#one(path, video, onProgress));
      files.push({ path, uri: pathToFileURL(path).href, bytes, mimeType });
    });
    const finished = Promise.all(all);
    const timer = new AbortController();
    const late = sleep(maxMs, AbortSignal.any([timer.signal, this.signal])).catch(() => {});
    await Promise.race([finished, late]).finally(() => timer.abort());
    // It goes on without this call, which must not end the process if it fails.
    finished.catch(() => {});
    return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #one(path: string, video: Video, onProgress: (fraction: number) => void): Promise<number> {
    const known = this.#running.get(path);
    if (known) return known;
    const running = this.client
      .download(video, newFileSink(path), {
        signal: this.signal,
        onProgress: (done, total) => total !== undefined && total > 0 && onProgress(done / total),
      })
      .then(({ bytes }) => bytes, (error: unknown) => Promise.reject(isOfFile(error) ? unwritable(path, error) : error))
      .finally(() => this.#running.delete(path));
    this.#running.set(path, running);
    return running;
  }
}

/** Whether the system has refused to write: the disk is full, or the folder is gone. */
const isOfFile = (error: unknown): error is NodeJS.ErrnoException => typeof (error as NodeJS.ErrnoException | null)?.syscall === "string";

function unwritable(path: string, { code }: NodeJS.ErrnoException): FilmgateError {
  const message = `The file ${path} cannot be written (${code}). The video is paid: make room or restore the folder, and call \`download\` again.`;
  return new FilmgateError({ code: "store_error", message, charge: "charged" });
}
