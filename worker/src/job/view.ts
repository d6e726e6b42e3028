// A job as its owner sees it: the package's words, and the gateway's part, keeping the video.
import type { JobStatus, VideoResult } from "filmgate";
import type { Kept, State } from "./state.js";
import { isEnd } from "./state.js";

/** Tries after which the provider's own address is shown, while keeping goes on. */
export const PATIENT_TRIES = 3;
/** Made, but not kept yet. */
const ALMOST = 0.99;

/** What there is to see, addresses as the provider gave them. */
export type View = Pick<JobStatus, "handle" | "status" | "progress" | "etaMs" | "outcome" | "error">;

export function viewOf(state: State): View {
  const { told, videos, isGivenUp } = state;
  const { handle, status, progress, etaMs, outcome, error } = told;
  if (status === "completed" && outcome && !isToShow(outcome, videos)) {
    return { handle, status: "running", progress: ALMOST };
  }
  // A webhook may still bring it back.
  if (status === "submission_unknown" && !isGivenUp) return { handle, status: "reconciling" };
  if (isEnd(status) && isUntold(state)) return { handle, status: "submitting", ...state.shown };
  return {
    handle,
    status,
    ...(progress !== undefined && { progress }),
    ...(etaMs !== undefined && { etaMs }),
    ...(outcome && { outcome }),
    ...(error && { error }),
  };
}

/**
 * Whether an end waits for the account to hear of it: who sees the end may order the next job at once. An account that
 * cannot be reached holds nothing up.
 */
const isUntold = ({ endedAt, due, failed }: State): boolean =>
  endedAt === undefined && due.reconcile !== undefined && !failed.reconcile;

/** Whether every video is kept, or was tried often enough. */
function isToShow(outcome: VideoResult, videos: Kept[]): boolean {
  return outcome.videos.every((_, index) => {
    const { file, tries = 0, isLost } = videos[index] ?? {};
    return file !== undefined || isLost || tries >= PATIENT_TRIES;
  });
}

export const hasEnded = (state: State): boolean => isEnd(viewOf(state).status);

/** Whether every video is in R2. */
export const isArchived = ({ told, videos }: State): boolean =>
  told.outcome !== undefined && told.outcome.videos.every((_, index) => videos[index]?.file);
