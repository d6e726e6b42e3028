// What every route needs: the caller, the job of an id, and the gateway's public URL.
import type { Context } from "hono";
import { authenticate } from "../auth.js";
import type { Env } from "../env.js";
import { ApiError, apiError, errorCode, videoNotFound } from "../errors.js";
import { log } from "../log.js";
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
  if (await isWithinLimit(c.env[limiter], key.id)) return key;
  throw apiError("rate_limited", "Too many requests with this API key. Retry later.", {
    retryAfterSeconds: RATE_LIMIT_RETRY_SECONDS,
    // The account does not know of this refusal: an SDK's own retry would join another request's job.
    ...(limiter === "CREATE_LIMITER" && { mayRetryItself: false }),
  });
}

/** A limiter that fails lets everything pass: budgets, which are exact, are in the account. */
async function isWithinLimit(limiter: RateLimit | undefined, key: string): Promise<boolean> {
  try {
    return (await limiter?.limit({ key }))?.success ?? true;
  } catch (error) {
    log("error", { step: "limit", key, code: errorCode(error) });
    return true;
  }
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
