"use client";
// The entry `filmgate/react`, for React 18 and newer.
import { useMemo, useSyncExternalStore } from "react";
import { VideoSession, sessionOf } from "../session/session.js";
import { IDLE } from "../session/state.js";
import type { VideoClient, VideoState } from "../session/state.js";
import type { CancelResult, SubmitOptions, VideoRequest, VideoResult } from "../types/index.js";
import { TEXT, readOptions } from "../util/options.js";

/** Options of `useGenerateVideo`. */
export interface UseGenerateVideoOptions {
  /**
   * Names the video on this origin, such as `hero`. Components and tabs with the same id share the job, and a remount or a
   * reload finds it again. Without one, the job is that of the mounted component.
   */
  id?: string | undefined;
}

/** What `useGenerateVideo` returns: the state, and functions that stay the same between renders. */
export interface GenerateVideo extends VideoState {
  /**
   * Submits a request. While a job of this id has not ended, it submits nothing and tracks that job; after a lost submit,
   * which may be billed, it submits nothing until `reset`. Resolves with the result, or with undefined if there is none: see
   * `error`. Rejects with `invalid_request` only if another request has not ended.
   */
  submit(request: VideoRequest, options?: SubmitOptions): Promise<VideoResult | undefined>;
  /** Cancels the job. Resolves with undefined if there is none, and rejects like `cancel` of a job. */
  cancel(): Promise<CancelResult | undefined>;
  /** Tracks a job again that is unfinished (`isUnfinished`), as after a timeout. */
  resume(): Promise<VideoResult | undefined>;
  /** Forgets the job, which continues. `cancel` it first if it shall not. */
  reset(): void;
}

/**
 * Generates a video in a component. Nothing is submitted by rendering or mounting. The client must be the same in each
 * render: create it outside of the component.
 *
 * @throws FilmgateError `invalid_request` if an option is unknown or invalid.
 */
export function useGenerateVideo(client: VideoClient, options: UseGenerateVideoOptions = {}): GenerateVideo {
  const { id } = readOptions<UseGenerateVideoOptions>(options, { id: TEXT });
  const session = useMemo(() => (id === undefined ? new VideoSession(client) : sessionOf(client, id)), [client, id]);
  const state = useSyncExternalStore(session.subscribe, session.getSnapshot, () => IDLE);
  const { submit, cancel, resume, reset } = session;
  return { ...state, submit, cancel, resume, reset };
}

export { FilmgateError } from "../error.js";
export type { VideoClient, VideoState } from "../session/state.js";
export type * from "../types/index.js";
