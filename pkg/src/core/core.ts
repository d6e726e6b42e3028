// The module's functions, with values encoded on the way in and decoded on the way out. None of a caller's
// getters runs inside the module: they have all been read before the call.
import { retryAfterMs } from "../util/retry-after.js";
import type { ValidationResult, Issue, Model, Quote, StoredJob, WebhookEvent } from "../types/index.js";
import { call } from "./instance.js";
import type { Answered, Input, JobState, RefusalFacts, Settings, Step } from "./protocol.js";
import { Values } from "./values.js";

/** Times stay below this, where JavaScript still counts in milliseconds. */
const MAX_TIME_MS = 2 ** 52;

/** The models and listings, as a form needs them. */
export function models(settings: Settings): Model[] {
  const values = new Values();
  const encoded = encodeSettings(values, settings);
  return values.decode(call((core) => core.models(encoded))) as Model[];
}

/** What is wrong with the caller's models. */
export function audit(settings: Settings): Issue[] {
  const values = new Values();
  const encoded = encodeSettings(values, settings);
  return values.decode(call((core) => core.audit(encoded))) as Issue[];
}

/** Every problem of a request. */
export function validate(request: unknown, settings: Settings): ValidationResult {
  const values = new Values();
  const [raw, encoded] = [values.encode(request), encodeSettings(values, settings)];
  return values.decode(call((core) => core.validate(raw, encoded))) as ValidationResult;
}

/** The price of each listing. */
export function quote(request: unknown, settings: Settings): Quote[] {
  const values = new Values();
  const [raw, encoded] = [values.encode(request), encodeSettings(values, settings)];
  return values.decode(call((core) => core.quote(raw, encoded))) as Quote[];
}

/** The jobs to try, the first one first; or why there are none. */
export function begin(
  request: unknown,
  options: unknown,
  settings: Settings,
  uuid: () => string,
): Step[] | { refusal: RefusalFacts } {
  const values = new Values();
  const [raw, wishes] = [values.encode(request), values.encode(options)];
  const encoded = encodeSettings(values, settings);
  const begun = call((core) => core.begin(raw, wishes, encoded, Date.now(), uuid));
  return values.decode(begun) as Step[] | { refusal: RefusalFacts };
}

/** Advances a job by one input; `undefined` if the state is not one of ours. */
export function advance(state: JobState, input: Input): Step | undefined {
  const values = new Values();
  const [encoded, happened] = [values.encodeState(state), encodeInput(values, input)];
  return values.decode(call((core) => core.advance(encoded, Date.now(), happened))) as Step | undefined;
}

/** Resumes a stored record, or, at revision 0, a handle; `undefined` if it is neither. */
export function resume(record: unknown, revision: number, settings: Settings): Step | undefined {
  const values = new Values();
  const raw = revision > 0 ? values.encodeState(record) : values.encode(record);
  const encoded = encodeSettings(values, settings);
  return values.decode(call((core) => core.resume(raw, revision, encoded, Date.now()))) as Step | undefined;
}

/** A record as its owner may see it; `undefined` if it is not one of ours. */
export function describe(record: unknown): StoredJob | undefined {
  const values = new Values();
  const encoded = values.encodeState(record);
  return values.decode(call((core) => core.describe(encoded))) as StoredJob | undefined;
}

/** Reads a webhook's body; `undefined` if it is none. */
export function readWebhookBody(
  provider: string,
  body: unknown,
): Omit<WebhookEvent, "id" | "raw"> | undefined {
  const raw = new Values().encode(body);
  return call((core) => core.readWebhookBody(provider, raw)) as
    Omit<WebhookEvent, "id" | "raw"> | undefined;
}

function encodeSettings(values: Values, settings: Settings): unknown {
  const { allowPrivateHosts, requestTimeoutMs, timeoutMs, longPoll, runTimeHistoryMs, models: custom } = settings;
  return {
    allowPrivateHosts: Boolean(allowPrivateHosts),
    requestTimeoutMs: encodeMs(requestTimeoutMs),
    timeoutMs: encodeMs(timeoutMs),
    longPoll: Boolean(longPoll),
    runTimeHistoryMs: values.encode(runTimeHistoryMs),
    ...(custom ? { models: values.encode(custom) } : {}),
  };
}

/** A time that the module can count with; it has a default for what is none. */
function encodeMs(ms: unknown): number | null {
  if (typeof ms !== "number" || Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), MAX_TIME_MS);
}

function encodeInput(values: Values, input: Input): unknown {
  if (input.type === "response") return encodeResponse(values, input);
  if (input.type === "webhook") return { type: input.type, body: values.encode(input.body) };
  return values.encode(input);
}

function encodeResponse(values: Values, { type, id, status, retryAfter, text }: Answered): unknown {
  const wait = retryAfterMs(retryAfter);
  return { type, id, status, retryAfterMs: encodeMs(wait), ...encodeBody(values, text) };
}

/** The body as far as it can be read. A text under `error` that is JSON is parsed too: RunPod's workers send it so. */
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
      // A message that begins with a brace.
    }
  }
  return { bodyType: "json", body: values.encode(body) };
}
