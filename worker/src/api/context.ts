// What every route has at hand.
import type { Context } from "hono";
import { authenticate } from "../auth.js";
import type { Env } from "../env.js";
import type { Job } from "../job/job.js";
import { jobIdOf } from "../types.js";
import type { TokenFacts } from "../types.js";
import { noSuchVideo, Refused, refused } from "./errors.js";

/** Hono's types for this app. */
export interface App {
  Bindings: Env;
}

export type Call = Context<App>;

/** Seconds after which a caller over its rate may come back. */
const RATE_SECONDS = 10;

/** Whose call it is, within its rate; refuses all others. */
export async function callerOf(c: Call, rate: "CREATE_LIMITER" | "READ_LIMITER"): Promise<TokenFacts> {
  const { token, error } = await authenticate(c.env, c.req.header("authorization"));
  if (error) throw new Refused(error);
  const { success } = await c.env[rate].limit({ key: token.id });
  if (success) return token;
  throw refused("rate_limited", "This token calls too often.", { retryAfterSeconds: RATE_SECONDS });
}

/** The job of that id in hex, whoever has it: it answers its owner alone. */
export function jobOf(env: Env, jobId: string): Job {
  let id: DurableObjectId;
  try {
    id = env.JOBS.idFromString(jobId);
  } catch {
    // Only ids that the engine has made name an object.
    throw noSuchVideo();
  }
  return env.JOBS.get(id) as unknown as Job;
}

/** The job of that public id. */
export function jobNamed(env: Env, videoId: string): Job {
  const jobId = jobIdOf(videoId);
  if (jobId === undefined) throw noSuchVideo();
  return jobOf(env, jobId);
}

/** Where the gateway is reached from outside. */
export function originOf(c: Call): string {
  return (c.env.PUBLIC_URL || new URL(c.req.url).origin).replace(/\/+$/, "");
}

/** Texts of JSON that objects answered go out as they are. */
export function jsonText(text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}
