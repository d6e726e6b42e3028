import { FilmgateError } from "../error.js";
import { notify } from "../util/notify.js";
import { isFinal } from "../util/status.js";
import type {
  ClientEvent,
  DownloadResult,
  FilmgateOptions,
  Handle,
  Job,
  JobStatus,
  JobUpdate,
  StoredJob,
  VideoRequest,
} from "../types/index.js";

/** A job that is tracked in this process. */
interface TrackedJob extends Job {
  /** The last known status, without a request. */
  status(): JobStatus;
  /** Calls `onUpdate` with each update, before anyone else receives it. */
  observe(onUpdate: (update: JobUpdate) => void): void;
}

/** An event without its time. */
type Untimed<Event> = Event extends ClientEvent ? Omit<Event, "at"> : never;

/** The reporter of a client whose events somebody wants. */
export const reporterOf = (options: FilmgateOptions): EventReporter | undefined =>
  options.onEvent && new EventReporter(options.onEvent, options);

/** Reports the events of a client. What `onEvent` throws, rejects with or changes has no effect on a job. */
export class EventReporter {
  readonly #onEvent: (event: ClientEvent) => unknown;
  readonly #includePrompt: boolean;

  constructor(onEvent: (event: ClientEvent) => unknown, { events }: FilmgateOptions) {
    this.#onEvent = onEvent;
    this.#includePrompt = events?.includePrompt === true;
  }

  /** Reports a tracked job. `over` resolves once nothing of it continues here; `request` is that of a new job. */
  follow(job: TrackedJob, over: Promise<unknown>, request?: VideoRequest): void {
    if (request) {
      const prompt = this.#includePrompt && typeof request.prompt === "string" && { prompt: request.prompt };
      this.#report({ type: "submitted", handle: job.handle, ...prompt });
    }
    const since = Date.now();
    let isAccepted = false;
    let wasOpen = request !== undefined;
    job.observe((update) => {
      const { handle } = job;
      const { acceptedAt = 0 } = handle;
      if (!isAccepted && acceptedAt >= since) {
        isAccepted = true;
        this.#report({ type: "accepted", handle });
      }
      if (isFinal(update.status)) return;
      wasOpen = true;
      this.#report({ type: "progress", handle, ...update });
    });
    const onEnd = () => {
      const status = job.status();
      // A job that had ended before is not reported again.
      const endsHere = wasOpen || (status.handle.endedAt ?? 0) >= since;
      if (isFinal(status.status) && endsHere) this.#ended(status);
      return isFinal(status.status);
    };
    job.result().then(onEnd, async (reason: unknown) => {
      if (onEnd()) return;
      // Tracking stops before a write has ended.
      await over;
      if (!onEnd() && request && job.handle.submittedAt === undefined) this.#unsent(job.handle, reason);
    });
  }

  /** Reports a single check. `before`: the handle before it. */
  checked(before: Handle | undefined, { status, outcome, error, warnings, nextPollAt, ...checked }: JobStatus): void {
    const { handle, ...progress } = checked;
    if (before?.acceptedAt === undefined && handle.acceptedAt !== undefined) this.#report({ type: "accepted", handle });
    if (!isFinal(status)) this.#report({ type: "progress", handle, status, ...progress });
    else if (before?.endedAt === undefined) {
      this.#ended({ handle, status, ...(outcome && { outcome }), ...(error && { error }) });
    }
  }

  /** Reports the end of a download. `isCancelled`: whether an error that is not filmgate's is the caller's wish. */
  download(ended: Promise<DownloadResult>, isCancelled: () => boolean): void {
    const since = performance.now();
    const report = (how: object) =>
      this.#report({ type: "download", durationMs: Math.round(performance.now() - since), ...how });
    ended.then(report, (error: unknown) => {
      const other = isCancelled() ? "cancelled" : "internal_error";
      report({ error: error instanceof FilmgateError ? error.code : other });
    });
  }

  #ended({ handle, status, outcome, error }: StoredJob): void {
    const { charge = "unknown", costUsd, timing } = outcome ?? {};
    this.#report({
      type: "ended",
      handle,
      status,
      charge: error?.charge ?? charge,
      ...(costUsd !== undefined && { costUsd }),
      ...(timing && { timing }),
      ...(error && { error: videoError(error) }),
    });
  }

  /** The end of a new job of which nothing was sent. */
  #unsent(handle: Handle, reason: unknown): void {
    const isError = reason instanceof FilmgateError;
    const error = isError ? videoError(reason) : { code: "cancelled" as const, message: "The signal aborted." };
    this.#report({ type: "ended", handle, status: isError ? "failed" : "cancelled", charge: "none", error });
  }

  #report(event: Untimed<ClientEvent>): void {
    // A copy: the job's own handle must not change.
    notify(() => this.#onEvent({ ...(structuredClone(event) as ClientEvent), at: Date.now() }));
  }
}

const videoError = ({ code, message, providerCode }: Pick<FilmgateError, "code" | "message"> & { providerCode?: string | undefined }) => ({
  code,
  message,
  ...(providerCode !== undefined && { providerCode }),
});
