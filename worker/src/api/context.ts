// What every route needs: the caller, the job of an id, and the gateway's public URL.
import type { Context } from "hono";
import { authenticate } from "../auth.js";
import type { Env } from "../env.js";
import { ApiError, apiError, videoNotFound } from "../errors.js";
import { jobOf } from "../stubs.js";
import { jobIdOf } from "../types.js";
import type { ApiKeyInfo, JobRpc } from "../types.js";

/** Hono's types for this app. */
export interface App {
  Bindings: Env;
}

export type Call = Context<App>;

/** Seconds after which a caller over its rate limit may retry. */
const RATE_LIMIT_RETRY_SECONDS = 10;

/** The caller's API key. @throws {ApiError} if the key is invalid, or over its rate limit. */
export async function callerOf(
  c: Call,
  limiter: "CREATE_LIMITER" | "READ_LIMITER",
): Promise<ApiKeyInfo> {
  const { key, error } = await authenticate(c.env, c.req.header("authorization"));
  if (error) throw new ApiError(error);
  const { success } = await c.env[limiter].limit({ key: key.id });
  if (success) return key;
  throw apiError("rate_limited", "Too many requests with this API key. Retry later.", {
    retryAfterSeconds: RATE_LIMIT_RETRY_SECONDS,
  });
}

/** The job of a video id. The job itself checks its owner. */
export function jobOfVideo(env: Env, videoId: string): JobRpc {
  const jobId = jobIdOf(videoId);
  if (jobId === undefined) throw videoNotFound();
  return jobOf(env, jobId);
}

/** The gateway's public URL. */
export function originOf(c: Call): string {
  return (c.env.PUBLIC_URL || new URL(c.req.url).origin).replace(/\/+$/, "");
}

/** A JSON text that an object returned, sent as it is. */
export function jsonText(text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}
