import type { VideoState } from "../session/state.js";
import type { Quote, QuoteSummary, SubmitOptions } from "../types/index.js";

/** The texts of the element, in English unless the property `labels` has others. */
export interface VideoLabels {
  /** The button that submits. The price follows it. */
  generate: string;
  /** The button that cancels the job. */
  cancel: string;
  /** The button that forgets the job. */
  again: string;
  /** The button that tracks an unfinished job again. */
  resume: string;
  /** The status before a submit. */
  idle: string;
  /** The status while the request is submitted. */
  submitting: string;
  /** The status while the provider has not begun. */
  queued: string;
  /** The status while the provider generates. */
  running: string;
  /** The status once there is a video. */
  completed: string;
  /** The status if there is none. */
  failed: string;
  /** The status after a submit whose answer was lost. */
  unknown: string;
  /** The status after a cancel. */
  cancelled: string;
  /** The status of a job that is not tracked any more. */
  unfinished: string;
  /** Name of the progress bar. */
  progress: string;
  /** Name of the video, for those who do not see it. */
  video: string;
  /** The error of a video that the browser cannot play. */
  unplayable: string;
  /** `seconds`: expected time to the end. */
  remaining: (seconds: number) => string;
}

export const LABELS: VideoLabels = {
  generate: "Generate video",
  cancel: "Cancel",
  again: "Start over",
  resume: "Continue",
  idle: "",
  submitting: "Submitting the request",
  queued: "Waiting for the provider",
  running: "Generating the video",
  completed: "The video is ready",
  failed: "There is no video",
  unknown: "It is unknown whether the provider has the job",
  cancelled: "Cancelled",
  unfinished: "The job may continue, but is not tracked",
  progress: "Progress of the video",
  video: "Generated video",
  unplayable: "The video cannot be played. Its address may have expired: reload the page.",
  remaining: (seconds) => (seconds < 90 ? `about ${seconds} s left` : `about ${Math.round(seconds / 60)} min left`),
};

/** The text of the live region. It changes with the status only, so that it is not read at each update. */
export function statusText({ status, isPending, isUnfinished }: VideoState, labels: VideoLabels): string {
  if (isUnfinished) return labels.unfinished;
  if (status === "submission_unknown") return labels.unknown;
  if (status === "idle" || status === "submitting" || status === "queued" || status === "completed" || status === "cancelled") {
    return labels[status];
  }
  return isPending ? labels.running : labels.failed;
}

/** What changes at each update. */
export function detailText({ progress, etaMs, isPending, costUsd }: VideoState, labels: VideoLabels): string {
  if (!isPending) return costUsd === undefined ? "" : dollars(costUsd);
  const percent = progress === undefined ? "" : `${Math.round(progress * 100)} %`;
  const left = etaMs === undefined ? "" : labels.remaining(Math.max(1, Math.round(etaMs / 1000)));
  return [percent, left].filter(Boolean).join(", ");
}

/** What the submit may cost, over all listings that may get it; an empty text if that is unknown, if only of one. */
export function priceText(
  quotes: readonly (Quote | QuoteSummary)[],
  { provider = "cheapest", maxCostUsd, allowUnknownCost }: SubmitOptions,
): string {
  const wanted = provider === "cheapest" ? undefined : [provider].flat();
  const offered = quotes.filter((quote) => quote.available && (!wanted || wanted.includes(quote.provider)));
  const priced = offered.flatMap((quote) => ("maxUsd" in quote ? [quote] : []));
  // A limit excludes a listing of unknown price.
  const takesUnknown = maxCostUsd === undefined || allowUnknownCost;
  if (takesUnknown && priced.length < offered.length) return "";
  if (priced.length === 0) return "";
  const minUsd = Math.min(...priced.map((quote) => quote.minUsd));
  const maxUsd = Math.max(...priced.map((quote) => quote.maxUsd));
  return minUsd === maxUsd ? dollars(maxUsd) : `${dollars(minUsd)}–${dollars(maxUsd)}`;
}

/** Up to four decimals, of which at least two. */
function dollars(usd: number): string {
  return `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
}
