// Posts the end of a job to the account's own webhook, in the form of Standard Webhooks, or to the job's own callback.
import { fromBase64, toBase64, toHex } from "filmgate/gateway-server";
import type { Env } from "../env.js";
import type { OpenRouterVideo } from "../openrouter-video.js";
import { publicFetch } from "../public-fetch.js";
import { videoId } from "../types.js";
import type { OutgoingWebhookEvent } from "./state.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const RESPONSE_TIMEOUT_MS = 15 * SECOND;
/** Waits after each failed delivery; after the last there is no retry. */
const WAITS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/** How long to wait after that many tries; `undefined`: no retry. */
export const deliveryRetryMs = (tries: number): number | undefined => WAITS_MS[tries - 1];

export function webhookEventFor(isCompleted: boolean, now: number): OutgoingWebhookEvent {
  const type = isCompleted ? "video.completed" : "video.failed";
  return { id: `evt_${crypto.randomUUID().replaceAll("-", "")}`, type, createdAt: now, tries: 0 };
}

/** Posts an event once. @throws if the response is not 2xx, or `signal` aborts. */
export async function deliver(
  env: Env,
  webhook: { url: string; secret: string },
  jobId: string,
  { id, type, createdAt }: OutgoingWebhookEvent,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify({
    id,
    object: "event",
    created_at: Math.floor(createdAt / SECOND),
    type,
    data: { id: videoId(jobId) },
  });
  const timestamp = String(Math.floor(Date.now() / SECOND));
  const key = fromBase64(webhook.secret.replace(/^whsec_/, ""));
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${toBase64(await hmac(key, `${id}.${timestamp}.${body}`))}`,
  };
  await post(env, webhook.url, body, headers, signal);
}

/**
 * Posts the end of a job once to the job's own callback, in the form of OpenRouter's webhooks. Signed with the account's
 * `whsec_…` secret as a text, if the account has a webhook. The video's URLs in it need the API key.
 * @throws if the response is not 2xx.
 */
export async function deliverCallback(
  env: Env,
  url: string,
  secret: string | undefined,
  { id, status, generation_id, model, error, unsigned_urls, usage }: OpenRouterVideo,
  { createdAt }: OutgoingWebhookEvent,
  signal: AbortSignal,
): Promise<void> {
  const data = { id, status, generation_id, model, error, unsigned_urls, usage };
  const created_at = new Date(createdAt).toISOString();
  const body = JSON.stringify({ type: `video.generation.${status}`, created_at, data });
  const headers: Record<string, string> = { "x-openrouter-idempotency-key": `${id}-${status}` };
  if (secret !== undefined) {
    const timestamp = String(Math.floor(Date.now() / SECOND));
    const signature = toHex(await hmac(new TextEncoder().encode(secret), `${timestamp},${body}`));
    headers["x-openrouter-signature"] = `t=${timestamp},v1=${signature}`;
  }
  await post(env, url, body, headers, signal);
}

async function post(
  env: Env,
  url: string,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const response = await publicFetch(env, { redirects: 0 })(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The webhook returned HTTP ${response.status}.`);
}

async function hmac(bytes: ArrayBuffer | ArrayBufferView, signed: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed)));
}
