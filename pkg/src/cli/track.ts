// Waits for submitted jobs, shows their progress and downloads their videos.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { dollars } from "../util/micro-usd.js";
import { describeDownloadError, describeError, errorJson, isFilmgateError } from "./errors.js";
import { EXIT, worst } from "./exit-codes.js";
import { Interrupt, Interrupted } from "./interrupt.js";
import { resultJson } from "./jobs.js";
import { STDOUT, outputFile, resumeCommand, type OutputOptions } from "./outputs.js";
import { createProgress, type Progress } from "./progress.js";
import type { Context } from "./command.js";
import type { Filmgate, Handle, Sink, Video, VideoRequest, VideoResult } from "../types/index.js";

/** A job to wait for. */
export interface Target {
  client: Filmgate;
  /**
   * Submits the job and returns its handle, or rejects with the signal's reason if nothing was submitted; or the handle
   * of a job that is submitted.
   */
  begin: ((signal: AbortSignal) => Promise<Handle>) | Handle;
  /** The request, if it is known: errors then have the provider's own words, without quotations of it. */
  request?: VideoRequest;
  /** Where its videos go. `id` is the job's from the start. */
  output: OutputOptions;
  /** Shown beside its progress. */
  label: string;
}

export interface TrackOptions {
  json?: boolean | undefined;
  /** False: the videos are not downloaded. */
  download?: boolean | undefined;
  /** Whether a file may be replaced. */
  force?: boolean | undefined;
  /** The folder of the jobs, if it was given. */
  store?: string | undefined;
  /** How long to wait for a job, in milliseconds. */
  timeoutMs?: number | undefined;
  /** The provider's id of a job whose submit has an unknown outcome. */
  jobId?: string | undefined;
}

/** Only a submit takes longer to end. */
const REMINDER_AFTER_MS = 400;

/** Waits for all jobs; returns the exit code of the worst one. */
export async function trackJobs(
  { terminal }: Context,
  targets: readonly Target[],
  options: TrackOptions,
): Promise<number> {
  const progress = await createProgress(terminal);
  terminal.lostCode = EXIT.failedBilled;
  let reminder: ReturnType<typeof setTimeout> | undefined;
  const remind = () => progress.say("Waiting for the response to the submit. Press Ctrl-C again to end at once.");
  const interrupt = new Interrupt(() => (reminder = setTimeout(remind, REMINDER_AFTER_MS)));
  const codes = targets.map((target) => new Tracker(target, { terminal, progress, interrupt, options }).run());
  const code = worst(await Promise.all(codes));
  clearTimeout(reminder);
  progress.close();
  interrupt.close();
  return worst([code, interrupt.exitCode ?? EXIT.ok]);
}

/** One line of `--json`. */
type Report = (event: string, more: Record<string, unknown>) => void;

interface Deps {
  terminal: Context["terminal"];
  progress: Progress;
  interrupt: Interrupt;
  options: TrackOptions;
}

class Tracker {
  readonly #target: Target;
  readonly #deps: Deps;
  readonly #report: Report;
  #handle: Handle | undefined;
  #hasVideo = false;
  /** Whether the store lacks what is known of the job, such as the provider's id. */
  #isUnwritten = false;

  constructor(target: Target, deps: Deps) {
    this.#target = target;
    this.#deps = deps;
    this.#report = (event, more) => {
      if (deps.options.json) deps.terminal.json({ event, id: target.output.id, ...more });
    };
  }

  async run(): Promise<number> {
    const { label, begin } = this.#target;
    try {
      const isNew = typeof begin === "function";
      this.#deps.progress.show(label, { status: isNew ? "submitting" : "resuming" });
      const handle = isNew ? await begin(this.#deps.interrupt.signal) : begin;
      this.#handle = handle;
      this.#report("submitted", { handle });
      this.#deps.progress.show(label, { status: "submitted", ...expected(this.#target.client, handle) });
      this.#deps.interrupt.signal.throwIfAborted();
      const result = await this.#wait(handle);
      this.#hasVideo = true;
      const { videos, costUsd } = result;
      this.#report("completed", resultJson(result));
      const files = this.#deps.options.download === false ? [] : await this.#download(result);
      const price = costUsd === undefined ? "" : ` for ${dollars(costUsd)}`;
      const where = files.length > 0 ? `: ${files.join(", ")}` : "";
      this.#deps.progress.end(label, `${this.#deps.terminal.err.green("✓")} ${label}${price}${where}`);
      this.#printResult(videos, files);
      return EXIT.ok;
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #wait(handle: Handle): Promise<VideoResult> {
    const { client, label, request } = this.#target;
    const { options, interrupt, progress } = this.#deps;
    const { timeoutMs, jobId } = options;
    const given = {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(jobId !== undefined && { jobId }),
      ...(request && { request }),
    };
    const job = client.resume(handle, { signal: interrupt.signal, ...given });
    // The result rejects in any case; the updates only show what happens until then.
    const result = job.result();
    result.catch(() => {});
    for await (const update of job) {
      this.#handle = job.handle;
      const { status, progress: fraction, etaMs, error } = update;
      this.#isUnwritten = error?.code === "store_error";
      progress.show(label, {
        status: error ? `${status} (${error.code})` : status,
        ...(fraction !== undefined && { progress: fraction }),
        ...(etaMs !== undefined && { etaMs }),
      });
      this.#report("progress", { ...update });
    }
    return result;
  }

  async #download({ videos }: VideoResult): Promise<string[]> {
    const files: string[] = [];
    for (const [at, video] of videos.entries()) {
      const { output } = this.#target;
      if (output.output === STDOUT) await this.#downloadTo(Writable.toWeb(process.stdout) as WritableStream<Uint8Array>, video, () => STDOUT);
      else files.push(await this.#downloadFile(video, at, videos.length));
    }
    return files;
  }

  /** If another program makes the file meanwhile, the video gets a name of the job beside it. */
  async #downloadFile(video: Video, at: number, count: number): Promise<string> {
    const { output } = this.#target;
    const { FileSink, newFileSink } = await import("../node/file-sink.js");
    const file = outputFile(output, at, count);
    const other = outputFile({ ...output, output: `${dirname(file)}/` }, at, count);
    await mkdir(dirname(file), { recursive: true });
    if (this.#deps.options.force) return this.#downloadTo(new FileSink(file), video, () => file);
    const sink = newFileSink(file, other);
    return this.#downloadTo(sink, video, () => sink.path);
  }

  /** Returns the name of the file, which is known at the end. */
  async #downloadTo(sink: Sink, video: Video, nameOf: () => string): Promise<string> {
    const { client, label } = this.#target;
    const { progress, interrupt } = this.#deps;
    const { bytes } = await client.download(video, sink, {
      signal: interrupt.signal,
      onProgress: (done, total) =>
        progress.show(label, { status: "downloading", ...(total !== undefined && total > 0 && { progress: done / total }) }),
    });
    const file = nameOf();
    this.#report("downloaded", { file, bytes });
    return file;
  }

  /** The files, or without them the URLs: what a program reads. A person has read the files above. */
  #printResult(videos: readonly Video[], files: readonly string[]): void {
    const { options, terminal } = this.#deps;
    const { output } = this.#target.output;
    if (options.json || output === STDOUT) return;
    const urls = videos.flatMap(({ url }) => (url === undefined ? [] : [url]));
    const lines = options.download === false ? urls : process.stdout.isTTY ? [] : files;
    for (const line of lines) terminal.print(line);
  }

  /** The command that continues with the job. */
  get #resume(): string {
    const { store, force } = this.#deps.options;
    const jobId = this.#isUnwritten ? this.#handle?.jobId : undefined;
    return resumeCommand(this.#target.output, { store, force, jobId });
  }

  /** Says where the job is found again. */
  get #resumeHint(): string {
    const place = this.#isUnwritten ? "The store could not be written: keep this command." : "The job is stored.";
    return `${place} Resume it with: ${this.#resume}`;
  }

  #interrupted(): number {
    const { progress, terminal, interrupt } = this.#deps;
    const { label } = this.#target;
    this.#report("interrupted", this.#handle ? { resume: this.#resume } : {});
    const what = terminal.err.yellow(`${label}: interrupted. ${stateOf(this.#handle, this.#hasVideo)}`);
    progress.end(label, this.#handle ? `${what}\n${this.#resumeHint}` : what);
    const isUnknown = this.#handle !== undefined && this.#handle.acceptedAt === undefined;
    return isUnknown ? EXIT.unknown : (interrupt.exitCode ?? EXIT.interrupted);
  }

  #failed(error: unknown): number {
    const { progress, terminal } = this.#deps;
    const { label } = this.#target;
    if (error instanceof Interrupted) return this.#interrupted();
    const { text, exitCode } = this.#hasVideo ? describeDownloadError(error) : describeError(error);
    this.#report("error", { error: errorJson(error), exitCode });
    // A failed download, or a time limit, leaves a job whose video can still be had.
    const hasEnded = isFilmgateError(error) && error.handle?.endedAt !== undefined && error.code !== "result_expired";
    const canResume = exitCode === EXIT.jobContinues || (this.#handle !== undefined && !hasEnded);
    const isLost = isFilmgateError(error) && error.code === "submission_unknown";
    const hint = isLost
      ? `\nIf the provider has it, pass its id: ${this.#resume} --job-id ID`
      : canResume ? `\n${this.#resumeHint}` : "";
    progress.end(label, `${terminal.err.red(`✗ ${label}: ${text}`)}${hint}`);
    return exitCode;
  }
}

/** What becomes of a job whose command was interrupted, by the job's handle. */
function stateOf(handle: Handle | undefined, hasVideo: boolean): string {
  if (!handle) return "No provider has the job, and nothing is billed.";
  if (hasVideo) return "The video is ready and not downloaded: its URL expires.";
  // Runware is asked for a job by our id, RunPod cannot be.
  if (handle.acceptedAt === undefined) return "Whether the provider has the job, and bills it, is unknown.";
  return "The job continues at the provider, and is billed.";
}

/** The time left by the listing's typical run time, until the client knows more. */
function expected(client: Filmgate, { model, provider, providerModelId, createdAt }: Handle): { etaMs?: number } {
  const listings = client.model(model)?.listings ?? [];
  const listing = listings.find((one) => one.provider === provider && one.providerModelId === providerModelId);
  return listing ? { etaMs: Math.max(0, createdAt + listing.typicalDurationMs - Date.now()) } : {};
}
