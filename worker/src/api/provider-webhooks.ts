// Webhooks from the providers. Only the signed URL is trusted, and only as a hint: the job polls the provider itself.
import { ApiError, apiError, errorResponse } from "../errors.js";
import { jobOf } from "../stubs.js";
import type { Call } from "./context.js";
import { bytesOf, LIMITS } from "./request-body.js";

export async function onProviderWebhook(c: Call): Promise<Response> {
  const jobId = c.req.param("jobId") ?? "";
  const bytes = await bytesOf(c.req.raw, LIMITS.webhook);
  if (await isVerified(c, jobId, new TextDecoder().decode(bytes))) return c.json({ ok: true });
  // The same response if the job does not exist.
  return errorResponse(apiError("unauthorized", "This is not a webhook URL of a job.").details);
}

async function isVerified(c: Call, jobId: string, body: string): Promise<boolean> {
  // No object is called before the URL has the right form.
  if (!/^[0-9a-f]{64}$/.test(jobId) || !c.req.query("filmgate")) return false;
  try {
    return await jobOf(c.env, jobId).onProviderWebhook(c.req.url, body);
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
