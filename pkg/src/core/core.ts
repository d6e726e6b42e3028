// The module's exports as typed functions. Arguments are encoded and results decoded. A caller's getters are read
// before the call, so that none runs inside the module.
import * as glue from "../glue.js";
import { retryAfterMs } from "../util/retry-after.js";
import type { Issue, JobRecord, Model, ProviderId, StoredError, StoredJob, WebhookEvent } from "../types/index.js";
import { callWith } from "./call-with.js";
import { call } from "./instance.js";
import type { CallerCatalog, Input, PlanErrorDetails, ResponseInput, Settings } from "./protocol.js";
import { pack } from "./pack.js";
import { JobState, stepOf } from "./state.js";
import type { RawStep, Step } from "./state.js";
import { Values } from "./values.js";

export { compare, quote, validate } from "./assessment.js";
export { compileAhead, ensureReady, isReady, setModule } from "./instance.js";
export { send } from "./send.js";

/** JavaScript counts single milliseconds up to 2^53. */
const MAX_TIME_MS = 2 ** 52;

/** The catalog. */
export function models(settings: Settings): Model[] {
  const values = new Values();
  const encoded = packSettings(values, settings);
  return values.decode(callWith(settings, () => glue.models(encoded))) as Model[];
}

/** Reads a caller's catalog. Returns its problems: errors if it is refused, warnings about entries that are left out. */
export function addCatalog({ number, models: given }: CallerCatalog): Issue[] {
  const values = new Values();
  const encoded = pack(values.encodeRecord(given));
  return values.decode(call(() => glue.addCatalog(number, encoded))) as Issue[];
}

/** Plans the jobs to try, in order, or returns why nothing can be submitted. */
export function plan(
  request: unknown,
  options: unknown,
  settings: Settings,
  uuid: () => string,
): Step[] | { error: PlanErrorDetails } {
  const values = new Values();
  const [raw, encodedOptions] = [pack(values.encode(request)), pack(values.encode(options))];
  const encoded = packSettings(values, settings);
  const planned = callWith(settings, () => glue.plan(raw, encodedOptions, encoded, Date.now(), uuid)) as
    RawStep[] | { error: PlanErrorDetails };
  if (Array.isArray(planned)) return planned.map((step) => stepOf(step, new Values(values)));
  return values.decode(planned) as { error: PlanErrorDetails };
}

/** Advances a job by one input; `undefined` if the state is not valid. */
export function advance(state: JobState, input: Input): Step | undefined {
  if (!(state instanceof JobState)) return undefined;
  const values = new Values(state.values);
  const encoded = pack(encodeInput(values, input));
  const step = call(() => glue.advance(state.packed, Date.now(), encoded)) as RawStep | undefined;
  return step && stepOf(step, values, state);
}

/** The record of a job, as it is stored. */
export function record({ packed, values }: JobState): JobRecord {
  return values.decode(call(() => glue.record(packed))) as JobRecord;
}

/** Resumes a stored record, or, at revision 0, a handle; `undefined` if it is not valid. */
export function resume(stored: unknown, revision: number, settings: Settings): Step | undefined {
  const values = new Values();
  const raw = pack(revision > 0 ? values.encodeRecord(stored) : values.encode(stored));
  const encoded = packSettings(values, settings);
  const step = call(() => glue.resume(raw, revision, encoded, Date.now())) as RawStep | undefined;
  return step && stepOf(step, values);
}

/** The public view of a record or state; `undefined` if it is not valid. */
export function describe(known: unknown): StoredJob | undefined {
  const isState = known instanceof JobState;
  const values = isState ? known.values : new Values();
  const raw = isState ? known.packed : pack(values.encodeRecord(known));
  const job = values.decode(call(() => glue.describe(raw, isState))) as StoredJob | undefined;
  if (job?.error) hideUnlogged(job.error);
  return job;
}

/** Neither `console.log` nor `JSON.stringify` shows what is not enumerable. */
function hideUnlogged(error: StoredError): void {
  for (const name of ["providerMessage", "raw"] as const) {
    if (name in error) Object.defineProperty(error, name, { enumerable: false });
  }
}

/** Parses the body of a provider's webhook; `undefined` if it is not one. */
export function readWebhookBody(
  provider: string,
  body: unknown,
): Omit<WebhookEvent, "id" | "raw"> | undefined {
  const raw = pack(new Values().encodeResponse(body));
  return call(() => glue.readWebhookBody(provider, raw)) as
    Omit<WebhookEvent, "id" | "raw"> | undefined;
}

/** Combines the parts of a prompt as RunPod recommends. */
export function composePrompt(action: string, ambientSound: string, characterDialogue: string): string {
  return call(() => glue.composePrompt(action, ambientSound, characterDialogue));
}

/** Whether the host of a parsed URL may be public. */
export function isPublicHost(hostname: string): boolean {
  return call(() => glue.isPublicHost(hostname));
}

/** The documented base URL of a provider. */
export function baseURL(provider: ProviderId): string | undefined {
  return call(() => glue.baseURL(provider));
}

function packSettings(values: Values, settings: Settings): Uint8Array {
  const { allowPrivateHosts, requestTimeoutMs, timeoutMs, longPoll, runTimeHistoryMs } = settings;
  const { catalog, request } = settings;
  return pack({
    allowPrivateHosts: Boolean(allowPrivateHosts),
    requestTimeoutMs: encodeMs(requestTimeoutMs),
    timeoutMs: encodeMs(timeoutMs),
    longPoll: Boolean(longPoll),
    runTimeHistoryMs: values.encode(runTimeHistoryMs),
    ...(catalog ? { catalog: catalog.number } : {}),
    ...(request ? { request: values.encode(request) } : {}),
  });
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

/** Parses the body if it is JSON. */
function encodeBody(values: Values, text: string): { bodyType: string; body?: unknown } {
  if (typeof text !== "string" || !text.trim()) return { bodyType: "empty" };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { bodyType: /^\s*(?:[{["]|(?:data|event|id):)/.test(text) ? "damaged" : "text" };
  }
  return { bodyType: "json", body: values.encodeResponse(parseInner(body, 0)) };
}

/** JSON in strings inside each other that is parsed. */
const MAX_INNER = 2;

/** Parses JSON in a string, as RunPod's workers send it: the body itself, and a job's `error` and `output`. */
function parseInner(value: unknown, depth: number): unknown {
  let parsed = value;
  if (typeof value === "string" && /^\s*[{[]/.test(value)) {
    try {
      parsed = JSON.parse(value);
    } catch {
      // A plain message that begins with a bracket.
    }
  }
  if (depth < MAX_INNER && typeof parsed === "object" && parsed !== null) {
    const fields = parsed as { error?: unknown; output?: unknown };
    if (fields.error !== undefined) fields.error = parseInner(fields.error, depth + 1);
    if (fields.output !== undefined) fields.output = parseInner(fields.output, depth + 1);
  }
  return parsed;
}
