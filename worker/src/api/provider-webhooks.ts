// Webhooks from the providers. Only the signed URL is trusted, and only as a hint: the job polls the provider itself.
import { secretOfWebhook } from "../client.js";
import { ApiError, apiError, errorResponse } from "../errors.js";
import { jobOf } from "../stubs.js";
import type { Call } from "./context.js";
import { LIMITS, textOf } from "./request-body.js";

export async function onProviderWebhook(c: Call): Promise<Response> {
  if (await isAccepted(c, c.req.param("jobId") ?? "")) return c.json({ ok: true });
  // The same response if the job does not exist.
  return errorResponse(apiError("unauthorized", "This is not a webhook URL of a job.").details);
}

async function isAccepted(c: Call, jobId: string): Promise<boolean> {
  // Nothing of a body is read, and no object called, before the URL is known to be the gateway's own.
  if (!/^[0-9a-f]{64}$/.test(jobId) || !c.req.query("filmgate")) return false;
  if ((await secretOfWebhook(c.env, c.req.url)) === undefined) return false;
  const body = await textOf(c.req.raw, LIMITS.webhook);
  try {
    return await jobOf(c.env, jobId).onProviderWebhook(c.req.url, body);
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
