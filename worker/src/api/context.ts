// What every route needs: the caller, the job of an id, and the gateway's public URL.
import type { Context } from "hono";
import { authenticate } from "../auth.js";
import type { Env } from "../env.js";
import { ApiError, apiError, errorCode, videoNotFound } from "../errors.js";
import { log, type LogFields } from "../log.js";
import { publicOrigin } from "../public-fetch.js";
import { jobOf } from "../stubs.js";
import { jobIdOf } from "../types.js";
import type { JobRpc } from "../rpc.js";
import type { Caller, Owner, Retention, Scope } from "../types.js";
import { withoutUndefined } from "../without-undefined.js";

/** Hono's types for this app. */
export interface App {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Who calls, once that is known: the id of an API key, or `admin_token`. */
    actor?: string;
    /** What the audit says about a change: the fields that it sets, and the id of what it creates. */
    fields?: string[];
    target?: string;
    audited?: Pick<LogFields, "made" | "isDryRun">;
    /** The account has answered this create, and so knows what the retry of a refused one is. */
    isKnown?: true;
  };
}

export type Call = Context<App>;

/** Seconds after which a caller over its rate limit may retry. */
const RATE_LIMIT_RETRY_SECONDS = 10;

/**
 * The caller's API key and account. Whatever creates is limited as a create, everything else as a read.
 * @throws {ApiError} if the key is invalid, has not that scope, or is over its rate limit.
 */
export async function callerOf(
  c: Call,
  limiter: "CREATE_LIMITER" | "READ_LIMITER",
  scope: Scope = limiter === "CREATE_LIMITER" ? "create" : "read",
): Promise<Caller> {
  const caller = await authenticate(c.env, c.req.raw.headers, scope);
  if (caller.error) throw new ApiError(caller.error);
  const { id } = caller.key;
  c.set("actor", id);
  if (await isWithinLimit(c.env[limiter], id)) return caller;
  throw apiError("rate_limited", "Too many requests with this API key. Retry later.", {
    retryAfterSeconds: RATE_LIMIT_RETRY_SECONDS,
    // The account does not know of this refusal: an SDK's own retry would join another request's job.
    ...(limiter === "CREATE_LIMITER" && { mayRetryItself: false }),
  });
}

/** How long the caller's videos are kept. */
export const retentionOf = ({ key, account }: Caller): Retention =>
  withoutUndefined({ retentionDays: account.retentionDays, keyRetentionDays: key.retentionDays });

/** Whose jobs the caller sees. */
export const ownerOf = ({ key, account }: Caller): Owner => ({
  account: account.id,
  ...(key.user !== undefined && { user: key.user }),
});

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
  return publicOrigin(c.env, new URL(c.req.url).origin);
}

/** A JSON text that an object returned, sent as it is. */
export function jsonText(text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}
