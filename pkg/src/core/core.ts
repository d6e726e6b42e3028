// The module's exports as typed functions. Arguments are encoded and results decoded. A caller's getters are read
// before the call, so that none runs inside the module.
import { retryAfterMs } from "../util/retry-after.js";
import type { Issue, Model, ProviderId, Quote, StoredJob, ValidationResult, WebhookEvent } from "../types/index.js";
import { call } from "./instance.js";
import type { Input, JobState, PlanErrorDetails, ResponseInput, Settings, Step } from "./protocol.js";
import { Values } from "./values.js";

export { ensureReady, isReady, setModule } from "./instance.js";
export { send } from "./send.js";

/** JavaScript counts single milliseconds up to 2^53. */
const MAX_TIME_MS = 2 ** 52;

/** The catalog with the custom models. */
export function models(settings: Settings): Model[] {
  const values = new Values();
  const encoded = encodeSettings(values, settings);
  return values.decode(call((core) => core.models(encoded))) as Model[];
}

/** The problems of the custom models. */
export function validateModels(settings: Settings): Issue[] {
  const values = new Values();
  const encoded = encodeSettings(values, settings);
  return values.decode(call((core) => core.validateModels(encoded))) as Issue[];
}

/** Validates a request for every listing. */
export function validate(request: unknown, settings: Settings): ValidationResult {
  const values = new Values();
  const [raw, encoded] = [values.encode(request), encodeSettings(values, settings)];
  return values.decode(call((core) => core.validate(raw, encoded))) as ValidationResult;
}

/** Prices a request at every listing. */
export function quote(request: unknown, settings: Settings): Quote[] {
  const values = new Values();
  const [raw, encoded] = [values.encode(request), encodeSettings(values, settings)];
  return values.decode(call((core) => core.quote(raw, encoded))) as Quote[];
}

/** Plans the jobs to try, in order, or returns why nothing can be submitted. */
export function plan(
  request: unknown,
  options: unknown,
  settings: Settings,
  uuid: () => string,
): Step[] | { error: PlanErrorDetails } {
  const values = new Values();
  const [raw, encodedOptions] = [values.encode(request), values.encode(options)];
  const encoded = encodeSettings(values, settings);
  const planned = call((core) => core.plan(raw, encodedOptions, encoded, Date.now(), uuid));
  return values.decode(planned) as Step[] | { error: PlanErrorDetails };
}

/** Advances a job by one input; `undefined` if the state is not valid. */
export function advance(state: JobState, input: Input): Step | undefined {
  const values = new Values();
  const [encoded, encodedInput] = [values.encodeState(state), encodeInput(values, input)];
  return values.decode(call((core) => core.advance(encoded, Date.now(), encodedInput))) as Step | undefined;
}

/** Resumes a stored record, or, at revision 0, a handle; `undefined` if it is not valid. */
export function resume(record: unknown, revision: number, settings: Settings): Step | undefined {
  const values = new Values();
  const raw = revision > 0 ? values.encodeState(record) : values.encode(record);
  const encoded = encodeSettings(values, settings);
  return values.decode(call((core) => core.resume(raw, revision, encoded, Date.now()))) as Step | undefined;
}

/** The public view of a record; `undefined` if it is not valid. */
export function describe(record: unknown): StoredJob | undefined {
  const values = new Values();
  const encoded = values.encodeState(record);
  return values.decode(call((core) => core.describe(encoded))) as StoredJob | undefined;
}

/** Parses the body of a provider's webhook; `undefined` if it is not one. */
export function readWebhookBody(
  provider: string,
  body: unknown,
): Omit<WebhookEvent, "id" | "raw"> | undefined {
  const raw = new Values().encodeResponse(body);
  return call((core) => core.readWebhookBody(provider, raw)) as
    Omit<WebhookEvent, "id" | "raw"> | undefined;
}

/** Combines the parts of a prompt as RunPod recommends. */
export function composePrompt(action: string, ambientSound: string, characterDialogue: string): string {
  return call((core) => core.composePrompt(action, ambientSound, characterDialogue));
}

/** Whether the host of a parsed URL may be public. */
export function isPublicHost(hostname: string): boolean {
  return call((core) => core.isPublicHost(hostname));
}

/** The documented base URL of a provider. */
export function baseURL(provider: ProviderId): string | undefined {
  return call((core) => core.baseURL(provider));
}

function encodeSettings(values: Values, settings: Settings): unknown {
  const { allowPrivateHosts, requestTimeoutMs, timeoutMs, longPoll, runTimeHistoryMs, models: custom, request } = settings;
  return {
    allowPrivateHosts: Boolean(allowPrivateHosts),
    requestTimeoutMs: encodeMs(requestTimeoutMs),
    timeoutMs: encodeMs(timeoutMs),
    longPoll: Boolean(longPoll),
    runTimeHistoryMs: values.encode(runTimeHistoryMs),
    ...(custom ? { models: values.encode(custom) } : {}),
    ...(request ? { request: values.encode(request) } : {}),
  };
}

/** A duration within the module's range; `null`, for which it has a default, if it is not a number. */
function encodeMs(ms: unknown): number | null {
  if (typeof ms !== "number" || Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), MAX_TIME_MS);
}

function encodeInput(values: Values, input: Input): unknown {
  if (input.type === "response") return encodeResponse(values, input);
  if (input.type === "webhook") return { type: input.type, body: values.encodeResponse(input.body) };
  return values.encode(input);
}

function encodeResponse(values: Values, { type, id, status, retryAfter, text }: ResponseInput): unknown {
  const known = Number.isInteger(status) ? status : 0;
  return { type, id, status: known, retryAfterMs: encodeMs(retryAfterMs(retryAfter)), ...encodeBody(values, text) };
}

/** Parses the body if it is JSON. RunPod's workers send `error` as a string of JSON, which is parsed too. */
function encodeBody(values: Values, text: string): { bodyType: string; body?: unknown } {
  if (typeof text !== "string" || !text.trim()) return { bodyType: "empty" };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { bodyType: "text" };
  }
  const error = (body as { error?: unknown } | null)?.error;
  if (typeof error === "string" && error.trimStart().startsWith("{")) {
    try {
      (body as { error: unknown }).error = JSON.parse(error);
    } catch {
      // A plain message that begins with a brace.
    }
  }
  return { bodyType: "json", body: values.encodeResponse(body) };
}
