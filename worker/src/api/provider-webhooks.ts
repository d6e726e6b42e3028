// Providers' webhooks. The address alone is believed, and only as a hint: the job asks the provider itself.
import { bytesOf, LIMITS } from "./body.js";
import type { Call } from "./context.js";
import { jobOf } from "./context.js";
import { answerOf, Refused, refused } from "./errors.js";

export async function hear(c: Call): Promise<Response> {
  const jobId = c.req.param("job") ?? "";
  const bytes = await bytesOf(c.req.raw, LIMITS.hook);
  if (await isBelieved(c, jobId, new TextDecoder().decode(bytes))) return c.json({ ok: true });
  // The same answer for a job that there is not.
  return answerOf(refused("unauthorized", "This address is not a job's own.").refusal);
}

async function isBelieved(c: Call, jobId: string, body: string): Promise<boolean> {
  // Nothing is asked of any object before the address has the form that a token has.
  if (!/^[0-9a-f]{64}$/.test(jobId) || !c.req.query("filmgate")) return false;
  try {
    return await jobOf(c.env, jobId).hear(c.req.url, body);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
