// Whether the providers still offer their listings. No request of this file can create a job.
import type { Connection } from "../driver/connection.js";
import { linkedController } from "../util/abort.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import { randomUUID } from "../util/uuid.js";
import type { ListingRef, ProbeResult, ProviderId } from "../types/index.js";
import { DRY_RUN } from "./dry-run.js";
import { jsonOf, requestOnce, runwareErrors } from "./request-once.js";

type Answer = Pick<ProbeResult, "status" | "reason">;

const LIVE: Answer = { status: "live" };
const GONE: Answer = { status: "gone" };
const unknown = (reason: string): Answer => ({ status: "unknown", reason });

const MODEL_UNKNOWN = /^(invalid|missing|unknown|unsupported)model$|^model(notfound|unavailable|disabled)$/i;
const KEY_REJECTED = /apikey|auth|permission|forbidden|credential/i;

export async function probe(
  listing: ListingRef,
  connectionOf: (provider: ProviderId) => Connection,
  limitMs: number,
  signal?: AbortSignal,
): Promise<ProbeResult> {
  const { provider, model, providerModelId } = listing;
  const ask = provider === "runpod" ? probeRunpod : probeRunware;
  const answer = await ask(providerModelId, connectionOf(provider), limitMs, signal);
  return { provider, model, providerModelId, ...answer };
}

/** With a key, a job that cannot exist is asked for; without one, the health of the endpoint, which needs a key. */
async function probeRunpod(
  id: string,
  connection: Connection,
  limitMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  const endpoint = `/${encodeURIComponent(id)}`;
  if (connection.ready) {
    const path = `${endpoint}/status/${randomUUID()}-u1`;
    const { result } = await requestOnce(connection, { path, limitMs, body: null }, signal);
    signal?.throwIfAborted();
    const { status, text } = result.type === "response" ? result : { status: 0, text: "" };
    if (status === 200 || (status === 404 && /job/i.test(text))) return LIVE;
    if (status === 404 && /endpoint/i.test(text)) return GONE;
  }
  const status = await keylessStatus(connection, `${endpoint}/health`, limitMs, signal);
  if (status === 401 || status === 403 || status === 200) return LIVE;
  if (status === 404) return GONE;
  if (status === undefined) return unknown("RunPod did not respond, or the browser blocked the response (CORS).");
  return unknown(`RunPod responded with HTTP ${status}.`);
}

async function keylessStatus(
  connection: Connection,
  path: string,
  limitMs: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { controller, unlisten } = linkedController(signal);
  const timer = setTimeout(() => controller.abort(), Math.min(limitMs, MAX_TIMER_MS));
  const slot = await connection.limiter.wait(controller.signal);
  try {
    const url = connection.baseURL.replace(/\/+$/, "") + path;
    const response = await connection.fetch(new Request(url, { signal: controller.signal }));
    await response.body?.cancel();
    return response.status;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  } finally {
    clearTimeout(timer);
    unlisten();
    slot?.release();
  }
}

/**
 * A dry run of a request that no model accepts: no result is asked for, and the duration is negative. It would create
 * nothing even if the header were ignored. The model is the first thing that Runware looks up.
 */
async function probeRunware(
  id: string,
  connection: Connection,
  limitMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  if (!connection.ready) return unknown("Runware answers with an API key only. Set `runware.apiKey`.");
  const taskUUID = randomUUID();
  const task = { taskType: "videoInference", taskUUID, model: id, duration: -1, numberResults: 0 };
  const { result } = await requestOnce(connection, { path: "", limitMs, body: [task], headers: DRY_RUN }, signal);
  signal?.throwIfAborted();
  if (result.type !== "response") {
    return unknown("Runware did not respond, or the browser blocked the response (CORS).");
  }
  const errors = runwareErrors(jsonOf(result));
  const has = (pattern: RegExp) => errors.some(({ code }) => pattern.test(String(code)));
  const { status } = result;
  if (has(MODEL_UNKNOWN)) return GONE;
  if (status === 401 || status === 403 || has(KEY_REJECTED)) return unknown("Runware rejects the API key.");
  // Another error about a parameter of a model that Runware knows.
  const isRead = status < 500 && errors.some(({ parameter }) => parameter != null);
  return isRead ? LIVE : unknown(`Runware responded with HTTP ${status}, which says nothing about the model.`);
}
