// Runware's dry run: the price of a request, from the provider itself.
import * as core from "../core/core.js";
import type { Settings, Transmit } from "../core/protocol.js";
import type { Step } from "../core/state.js";
import type { Connection } from "../driver/connection.js";
import { isThrottled } from "../driver/limiter.js";
import { FilmgateError } from "../error.js";
import type { ErrorCode, Handle, Quote, Store } from "../types/index.js";
import { toMicroUsd, toUsd } from "../util/micro-usd.js";
import { within } from "../util/within.js";
import { jsonOf, requestOnce } from "./request-once.js";
import type { OnceResult } from "./request-once.js";

/** Asks for a price in place of a job (Runware's skill `runware-run`). */
export const DRY_RUN = { "x-runware-dry-run": "1" };

/** These errors of a dry run are about the request. All others say nothing about it, and are thrown. */
const ABOUT_REQUEST: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "bad_request",
  "content_policy_violation",
  "model_unavailable",
]);

/** What a job or an error has, and a price has not: without `_` and `-`, a superset of the names in src/provider/runware. */
const NOT_OF_PRICE = /^(status|state|progress|errors?|errorcode|code|video|videos|videouuid|files?|.*(ur[il]s?|base64(data)?))$/i;

/** The documents do not say where the cost is. */
const COST_NAME = /^(total|estimated)?_?(cost|price)_?(usd)?$/i;
const MAX_DEPTH = 4;
/** What is nested further is no price. */
const MAX_JOB_DEPTH = 12;

interface DryRunDeps {
  connection: Connection;
  store: Store;
  settings: Settings;
  /** Time limit of each call of the store, in milliseconds. */
  limitMs: number;
}

type AvailableQuote = Extract<Quote, { available: true }>;

/**
 * The quote of a listing with the provider's own price. `step` is the planned job, which is not submitted.
 *
 * The header might be ignored, and the request then be a paid job. So a record of the job is stored before, as after a
 * lost submit: without the body, so that it is never submitted, but found again. It is deleted once the response shows
 * that there is no job.
 */
export async function quoteByDryRun(
  quote: AvailableQuote,
  step: Step,
  { connection, store, settings, limitMs: storeLimitMs }: DryRunDeps,
  signal?: AbortSignal,
): Promise<Quote> {
  const handle: Handle = { ...step.state.handle, submittedAt: Date.now() };
  const { state, request } = submitOf(step);
  const remove = async () => store.delete(handle.id);
  // A record that stays describes a job that is not found.
  const forget = () => within(remove(), storeLimitMs, () => undefined).catch(() => {});
  const putting = storeUnknownJob(handle, store, settings);
  try {
    await within(putting, storeLimitMs, () => storeError(new Error("The store did not answer before the timeout.")), signal);
  } catch (error) {
    // It may be written late.
    void putting.then(forget, forget);
    throw error;
  }
  let ended: OnceResult;
  try {
    const { path, limitMs, body } = request;
    ended = await requestOnce(connection, { path, limitMs, body, headers: DRY_RUN }, signal);
  } catch (aborted) {
    await forget();
    throw aborted;
  }
  const { result, thrown } = ended;
  if (result.type === "failed") {
    if (result.kind !== "unsent") {
      // The record stays: whether a job runs is not known.
      signal?.throwIfAborted();
      throw noResponse(handle, thrown);
    }
    await forget();
    throw unsent(handle, thrown);
  }
  const isSuccess = result.status >= 200 && result.status < 300;
  const price = isSuccess ? priceOf(jsonOf(result), handle.n) : undefined;
  if (price) {
    await forget();
    const quotedAt = Date.now();
    const date = `${new Date(quotedAt).toISOString().slice(0, "2026-01-01T00:00".length)}Z`;
    const evidence = { source: "Runware, X-Runware-Dry-Run", date, firstParty: true };
    return { ...listingOf(quote), ...price, evidence, quotedAt };
  }
  if (isThrottled(result.status, result.retryAfter)) {
    await forget();
    throw rateLimited(handle);
  }
  const after = core.advance(state, { ...result, id: request.id });
  const error = after && core.describe(after.state)?.error;
  if (error?.charge !== "none") throw maybeJob(handle);
  await forget();
  const { provider, model, providerModelId } = quote;
  const { code, message } = error;
  if (ABOUT_REQUEST.has(code)) {
    const issue = { severity: "error", path: "", code: "unsupported", message, provider } as const;
    return { available: false, provider, model, providerModelId, issues: [issue] };
  }
  // There is no job that the handle of the plan could find.
  const { handle: _handle, ...fields } = error;
  throw new FilmgateError({ ...fields, ...unlogged(error) });
}

/** The request of the planned job. */
function submitOf({ state, outputs }: Step): { state: Step["state"]; request: Transmit } {
  const save = outputs.find((output) => output.type === "save");
  const next = save && core.advance(state, { type: "saved", revision: save.revision });
  const request = next?.outputs.find((output) => output.type === "transmit");
  if (next && request) return { state: next.state, request };
  throw new FilmgateError({ code: "internal_error", message: "The plan of the dry run sends nothing." });
}

async function storeUnknownJob(handle: Handle, store: Store, settings: Settings): Promise<void> {
  const unknown = core.resume(handle, 0, settings);
  let cause: unknown;
  try {
    const record = unknown && core.record(unknown.state);
    if (record && (await store.put(handle.id, record, 0))) return;
  } catch (error) {
    cause = error;
  }
  throw storeError(cause);
}

function storeError(cause: unknown): FilmgateError {
  const message = "The store failed, and without a record no dry run is sent: see `cause`. Nothing was sent.";
  return new FilmgateError({ code: "store_error", message, retryable: true, cause });
}

function listingOf({ provider, model, providerModelId, warnings }: AvailableQuote) {
  return { available: true, provider, model, providerModelId, warnings } as const;
}

/** The price in a response; undefined if there is none, or if anything in it is of a job or an error. */
function priceOf(json: unknown, n: number) {
  if (saysMore(json, MAX_JOB_DEPTH)) return undefined;
  const { data } = Object(json) as { data?: unknown };
  const rows: unknown[] = Array.isArray(data) ? data : [data ?? json];
  const costs = rows.map((row) => costOf(row, MAX_DEPTH));
  if (costs.length === 0 || costs.some((cost) => cost <= 0)) return undefined;
  const sum = costs.reduce((total, cost) => total + cost, 0);
  // One row for several videos: the documents do not say whether its cost is that of one or of all.
  const max = costs.length === 1 ? sum * n : sum;
  const [minUsd, maxUsd] = [toUsd(sum), toUsd(max)];
  const lineItems = [{ description: "Runware's price (dry run)", minUsd, maxUsd }];
  return { basis: "live", minUsd, maxUsd, lineItems, ...(sum === max && { totalUsd: minUsd }) } as const;
}

/** Whether a response says more than a price. */
function saysMore(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.entries(value).some(([name, field]: [string, unknown]) => {
    const isNothing = field == null || field === false || (Array.isArray(field) && field.length === 0);
    return (!isNothing && NOT_OF_PRICE.test(name.replace(/[_-]/g, ""))) || saysMore(field, depth - 1);
  });
}

/** The highest cost in a row, in micro-dollars; 0 if there is none. */
function costOf(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null || depth === 0) return 0;
  const found = Object.entries(value).map(([name, field]: [string, unknown]) => {
    if (typeof field === "object") return costOf(field, depth - 1);
    const isCost = COST_NAME.test(name) && (typeof field === "number" || typeof field === "string");
    const microUsd = isCost ? toMicroUsd(Number(field)) : 0;
    return Number.isSafeInteger(microUsd) ? microUsd : 0;
  });
  return Math.max(0, ...found);
}

/** The fields of an error that a spread does not copy. */
function unlogged({ providerMessage, raw }: { providerMessage?: string; raw?: FilmgateError["raw"] }) {
  return { ...(providerMessage !== undefined && { providerMessage }), ...(raw !== undefined && { raw }) };
}

function noResponse(handle: Handle, cause: unknown): FilmgateError {
  return new FilmgateError({
    code: "connection_error",
    message:
      "The response to the dry run was lost. If Runware ignored its header, a job runs and is billed: look for it " +
      "with `client.resume(error.handle)`.",
    provider: handle.provider,
    charge: "unknown",
    handle,
    cause,
  });
}

function unsent({ provider }: Handle, cause: unknown): FilmgateError {
  const message = "The dry run could not be sent: see `cause`. Nothing was billed. Try again.";
  return new FilmgateError({ code: "connection_error", message, provider, retryable: true, cause });
}

function rateLimited({ provider }: Handle): FilmgateError {
  const message = "Runware rejects the dry run: too many requests. Nothing was billed. Try again later.";
  return new FilmgateError({ code: "rate_limited", message, provider, retryable: true });
}

function maybeJob(handle: Handle): FilmgateError {
  return new FilmgateError({
    code: "invalid_response",
    message:
      "Runware's response to the dry run is not a price. Runware may have started a job, which is billed: resume it " +
      "with `client.resume(error.handle)`.",
    provider: handle.provider,
    charge: "unknown",
    handle,
  });
}
