// The options of each call. See util/options.ts for how they are read.
import {
  ANY,
  API_KEY,
  DURATION,
  FLAG,
  FUNCTION,
  SECRET,
  SIGNAL,
  STORE,
  TEXT,
  URL_TEXT,
  invalidOption,
  readOptions,
  required,
} from "../util/options.js";
import { FilmgateError } from "../error.js";
import type { Kind, Spec } from "../util/options.js";
import { snapshotOf } from "../util/snapshot.js";
import { tagOf } from "../util/tag.js";
import { isUuid } from "../util/uuid.js";
import type {
  DownloadOptions,
  GenerateOptions,
  Handle,
  ProbeOptions,
  QuoteOptions,
  ResumeOptions,
  SubmitOptions,
  Video,
  WebhookEvent,
  WebhookRequest,
} from "../types/index.js";

/** Default time limit of one request. The core has the same. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/** At zero, each submit would be sent and its response dropped. */
const REQUEST_TIMEOUT: Kind = [
  "a number of milliseconds, more than 0",
  (value) => typeof value === "number" && value > 0,
];

const UUID: Kind = ["a UUID v4 in lower case", isUuid];

/** The options of a client. A gateway's knows those of providers by name only. */
export const CLIENT = {
  runpod: ANY,
  runware: ANY,
  gateway: { url: required(URL_TEXT), apiKey: API_KEY },
  store: STORE,
  models: ANY,
  onCatalogIssue: FUNCTION,
  onEvent: FUNCTION,
  events: { includePrompt: FLAG },
  upload: ANY,
  fetch: FUNCTION,
  allowPrivateHosts: FLAG,
  requestTimeoutMs: REQUEST_TIMEOUT,
} satisfies Spec;

/** Null is not absent: it may be the limit of a calculation that failed. */
const GIVEN = (expected: string): Kind => [expected, (value) => value !== null, snapshotOf];

/** The core reads the first two, and names the problems. */
export const SUBMIT_DEFAULTS = {
  provider: GIVEN("a provider"),
  maxCostUsd: GIVEN("an amount in US dollars"),
  allowUnknownCost: FLAG,
  timeoutMs: DURATION,
} satisfies Spec;

export const SUBMIT = {
  ...SUBMIT_DEFAULTS,
  idempotencyKey: UUID,
  signal: SIGNAL,
  webhook: { url: URL_TEXT, secret: required(SECRET) },
} satisfies Spec;

const GENERATE = { ...SUBMIT, onUpdate: FUNCTION } satisfies Spec;
const REQUEST: Kind = ["a request", () => true, snapshotOf];
const RESUME = { signal: SIGNAL, timeoutMs: DURATION, jobId: TEXT, request: REQUEST } satisfies Spec;
const QUOTE = { live: FLAG, details: FLAG, signal: SIGNAL } satisfies Spec;
const PROBE = { models: ["a list of models", Array.isArray], signal: SIGNAL } satisfies Spec;
const MODELS = { brief: FLAG } satisfies Spec;
const DOWNLOAD = { signal: SIGNAL, onProgress: FUNCTION } satisfies Spec;
// `PURE`: a bundle without webhooks leaves it out.
const WEBHOOK = { url: URL_TEXT, body: ANY, secret: /* @__PURE__ */ required(SECRET) } satisfies Spec;

export const submitOptions = (given: unknown) =>
  readOptions<SubmitOptions>(given, SUBMIT, { generate: GENERATE, createFilmgate: CLIENT });
export const generateOptions = (given: unknown) =>
  readOptions<GenerateOptions>(given, GENERATE, { createFilmgate: CLIENT });
export const resumeOptions = (given: unknown) => readOptions<ResumeOptions>(given, RESUME, { submit: SUBMIT });
export const quoteOptions = (given: unknown) => readOptions<QuoteOptions>(given, QUOTE, { submit: SUBMIT });
export const probeOptions = (given: unknown) => readOptions<ProbeOptions>(given, PROBE);
export const modelsOptions = (given: unknown) => readOptions<{ brief?: boolean }>(given, MODELS);
export const jobsFilter = (given: unknown) => readOptions<{ pending?: boolean }>(given, { pending: FLAG });
export const jobId = (given: unknown) => readOptions<{ id: string }>(given, { id: required(TEXT) });
export const downloadOptions = (given: unknown) => readOptions<DownloadOptions>(given, DOWNLOAD);

export function webhookRequest(given: unknown): WebhookRequest {
  if (isUnread(given)) {
    throw invalidOption("", "invalid_type", "A request is not read. Pass `{ url: request.url, body: await request.text(), secret }`.");
  }
  const request = readOptions<WebhookRequest>(given, WEBHOOK);
  if (!isUnread(request.body)) return request;
  throw invalidOption("body", "invalid_type", "`body` must be text, bytes or parsed JSON. Pass `await request.text()`.");
}

/** Whether it has a body that is still to be read, or is one. */
function isUnread(value: unknown): boolean {
  try {
    return /Request|Response|Stream|Blob|Promise/.test(tagOf(value));
  } catch {
    return false;
  }
}

/** A handle, which comes from anyone and may be anything. Its contents are validated where they are used. */
export const givenHandle = (given: unknown): Handle => copyOf<Handle>(given);

const NO_HANDLE = "This is not a valid handle. Pass `JSON.parse(text)`, or `handle` of `client.job(id)`.";

/** The error of a handle that names no job of a client. */
export const invalidHandle = (message = NO_HANDLE, handle?: Handle): FilmgateError =>
  new FilmgateError({ code: "job_not_found", message, handle });

/** An event, which may have been stored in between. */
export function webhookEvent(given: unknown): WebhookEvent {
  if (typeof given === "string") throw invalidOption("", "invalid_type", "The event is a text. Pass `JSON.parse(text)`.");
  const event = copyOf<WebhookEvent>(given);
  readOptions({ id: event.id ?? null }, { id: TEXT });
  return event;
}

/** A video of a result. It may have further fields. */
export function givenVideo(given: unknown): Video {
  const { url, data } = copyOf<Video>(given);
  return readOptions<Video>({ url, data }, { url: TEXT, data: TEXT });
}

/** No handle, video or event has more fields. */
const MAX_FIELDS = 1_000;

/** The fields of any value: none, if it is not an object, cannot be read or has too many. */
function copyOf<T extends object>(given: unknown): T {
  try {
    const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
    return (isObject && Object.keys(given).length <= MAX_FIELDS ? { ...given } : {}) as T;
  } catch {
    return {} as T;
  }
}
