// One job as the page shows it: its state, progress and result, as signals.

import { batch, computed, signal } from "@preact/signals";
import type { Handle, Job, JobUpdate, VideoResult } from "filmgate";
import { cancelLaterText, cancelText, describeError, offlineText, silenceText, statusText } from "../text/messages.js";
import type { ShownError } from "../text/messages.js";
import { capitalized, moneyRange, money, providerName } from "../text/format.js";
import type { Environment } from "./environment.js";
import { modelName } from "./models.js";
import { noteOf } from "./notes.js";
import type { JobNote } from "./notes.js";
import { announce, isOffline, now } from "./ui.js";
import { VideoView } from "./video.js";

export type JobState = "running" | "completed" | "failed";

/** Statuses in which the provider has not accepted the job. */
const UNANSWERED = new Set(["submitting", "reconciling"]);
const MAX_SILENCE_MS = 5_000;

export class JobView {
  readonly id: string;
  readonly #note = signal<JobNote | undefined>(undefined);
  readonly handle = signal<Handle>(undefined!);
  readonly state = signal<JobState>("running");
  readonly status = signal("submitting");
  readonly progress = signal<number | undefined>(undefined);
  readonly completedCount = signal(0);
  readonly expectedAt = signal<number | undefined>(undefined);
  /** What a cancel has come to. */
  readonly notice = signal("");
  readonly isCancelling = signal(false);
  readonly error = signal<ShownError | undefined>(undefined);
  readonly result = signal<VideoResult | undefined>(undefined);
  readonly videos = signal<readonly VideoView[]>([]);
  /** Whether it ended just now, and not before the page was opened. */
  readonly endedHere = signal(false);
  /** Since when the provider has not answered the submit. */
  readonly #unansweredSince = signal<number | undefined>(undefined);
  /** The job that this tab tracks. */
  job: Job | undefined;

  constructor(
    handle: Handle,
    readonly environment: Environment,
  ) {
    this.id = handle.id;
    this.readNote();
    this.handle.value = handle;
  }

  /** Why nothing is heard of it: the browser is offline, or the provider does not answer. */
  readonly silence = computed(() => {
    // The simulator in the page needs no network.
    if (isOffline.value && this.environment.id !== "page") return offlineText(this.handle.value, !UNANSWERED.has(this.status.value));
    const since = this.#unansweredSince.value;
    return since !== undefined && now.value - since > MAX_SILENCE_MS ? silenceText(this.handle.value) : undefined;
  });

  /** Its state in words. */
  readonly text = computed(() => {
    const result = this.result.value;
    const error = this.error.value;
    if (this.state.value === "completed" && result) return `Completed. ${costText(result)}`;
    if (this.state.value === "failed" && error) {
      return error.code === "cancelled" ? statusText("cancelled") : capitalized(describeError(error, this.provider, this.environment).message);
    }
    const progress = this.progress.value;
    const percent = progress === undefined ? "" : `, ${Math.round(progress * 100)} %`;
    const videos = this.completedCount.value > 0 ? `, ${this.completedCount.value} of ${this.handle.value.n} completed` : "";
    return `${statusText(this.status.value)}${percent}${videos}`;
  });

  get note(): JobNote | undefined {
    return this.#note.value;
  }

  /** The tab that submits writes it a moment after the record of the job, which another tab may read before that. */
  readNote(): void {
    this.#note.value ??= noteOf(this.id);
  }

  get title(): string {
    return this.note?.title || "Untitled video";
  }

  get modelName(): string {
    return modelName(this.handle.value.model);
  }

  get provider() {
    return this.handle.value.provider;
  }

  /** It is not tracked, but its provider may have it, as after a rejected key: it can be resumed, and may be billed. */
  get continues(): boolean {
    const { submittedAt, endedAt } = this.handle.value;
    const error = this.error.value;
    if (this.state.value !== "failed" || error?.charge === "none" || error?.code === "submission_unknown") return false;
    return submittedAt !== undefined && endedAt === undefined;
  }

  /** The listing that the job is at. */
  get listing(): string {
    const { provider, providerModelId } = this.handle.value;
    return `${provider}:${providerModelId}`;
  }

  /** The provider that has the job, the model, the quote. */
  get meta(): string {
    const { provider, quote, n } = this.handle.value;
    const quoted = quote && `quoted ${moneyRange(quote.min / 1e6, quote.max / 1e6)}`;
    return [providerName(provider), this.modelName, n > 1 ? `${n} videos` : undefined, quoted].filter(Boolean).join(" · ");
  }

  /** The job is pending, with its last known status. */
  run(job: Job, status: string): void {
    this.close();
    this.job = job;
    batch(() => {
      this.state.value = "running";
      this.status.value = status;
      this.progress.value = undefined;
      this.expectedAt.value = undefined;
      this.notice.value = "";
      this.error.value = undefined;
      this.#watchAnswer(status);
    });
  }

  update({ status, progress, etaMs, completedCount, error }: JobUpdate): void {
    const isNew = status !== this.status.value || (status === "running" && !this.#wasAnnounced);
    batch(() => {
      this.status.value = status;
      this.progress.value = progress;
      this.completedCount.value = completedCount ?? 0;
      // A simulated job takes the time that the simulator says, not the model's.
      const isKnown = etaMs !== undefined && this.environment.id !== "page";
      this.expectedAt.value = isKnown ? Date.now() + etaMs : undefined;
      this.#watchAnswer(status, error?.code);
    });
    if (isNew) this.#say();
  }

  #wasAnnounced = false;

  #say(): void {
    this.#wasAnnounced = true;
    announce(`${providerName(this.provider)}: ${this.text.value}`);
  }

  /** A submit that nothing answers says so after a while: a browser does not tell why. */
  #watchAnswer(status: string, code?: string): void {
    if (!UNANSWERED.has(status)) this.#unansweredSince.value = undefined;
    else if (code === "connection_error") this.#unansweredSince.value = -Infinity;
    else this.#unansweredSince.value ??= Date.now();
  }

  /** The job has completed: just now, or before. */
  complete(result: VideoResult, isNew: boolean): void {
    this.close();
    batch(() => {
      // A gateway may have chosen another provider.
      this.handle.value = result.handle;
      this.result.value = result;
      this.endedHere.value = isNew;
      this.#unansweredSince.value = undefined;
      this.videos.value = result.videos.map(
        (video, index) => new VideoView(video, this.id, index, isNew && index === 0, this.environment),
      );
      this.state.value = "completed";
    });
    if (!isNew) return;
    this.#say();
    this.loadVideos();
  }

  /** The job has ended without a video, or cannot be tracked for now. */
  fail(error: ShownError, isNew: boolean): void {
    this.close();
    batch(() => {
      this.error.value = error;
      this.endedHere.value = isNew;
      this.#unansweredSince.value = undefined;
      if (error.handle) this.handle.value = error.handle;
      this.state.value = "failed";
    });
    if (isNew) this.#say();
  }

  loadVideos(): void {
    for (const video of this.videos.value) void video.load();
  }

  /** Asks the provider to cancel, and says what came of it. */
  async cancel(request: (job: Job) => ReturnType<Job["cancel"]>): Promise<void> {
    const { job } = this;
    if (!job || this.isCancelling.value) return;
    this.isCancelling.value = true;
    const say = (text: string) => {
      // The job may have ended meanwhile, and its end is already shown.
      if (this.state.value !== "running") return;
      this.notice.value = text;
      announce(text);
    };
    if (this.#unansweredSince.value !== undefined) say(cancelLaterText(this.handle.value));
    try {
      say(cancelText(await request(job), this.provider, this.environment));
    } catch (error) {
      say(`Cancelling failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.isCancelling.value = false;
    }
  }

  close(): void {
    for (const video of this.videos.value) video.close();
    this.videos.value = [];
  }
}

/** The cost, compared with the quote. */
function costText({ costUsd, quoteDeltaUsd }: VideoResult): string {
  if (costUsd === undefined) return "The provider does not report the cost.";
  const cost = `Cost ${money(costUsd)}`;
  if (quoteDeltaUsd === undefined) return `${cost}.`;
  if (quoteDeltaUsd === 0) return `${cost}, as quoted.`;
  const difference = money(Math.abs(quoteDeltaUsd));
  return `${cost}, ${difference} ${quoteDeltaUsd > 0 ? "more" : "less"} than quoted.`;
}
