// Posts the end of a job to the API key's own webhook, in the form of Standard Webhooks.
import { fromBase64, toBase64 } from "../../../pkg/dist/util/encoding.js";
import type { Env } from "../env.js";
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

/** Posts an event once. @throws if the response is not 2xx. */
export async function deliver(
  env: Env,
  webhook: { url: string; secret: string },
  jobId: string,
  { id, type, createdAt }: OutgoingWebhookEvent,
): Promise<void> {
  const body = JSON.stringify({
    id,
    object: "event",
    created_at: Math.floor(createdAt / SECOND),
    type,
    data: { id: videoId(jobId) },
  });
  const timestamp = String(Math.floor(Date.now() / SECOND));
  const response = await publicFetch(env, { redirects: 0 })(webhook.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": await signature(webhook.secret, `${id}.${timestamp}.${body}`),
    },
    body,
    signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The webhook returned HTTP ${response.status}.`);
}

async function signature(secret: string, signed: string): Promise<string> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ""));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed));
  return `v1,${toBase64(new Uint8Array(mac))}`;
}
