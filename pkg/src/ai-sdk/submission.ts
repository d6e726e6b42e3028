// Splits a call into submits, and remembers their jobs.
import { FilmgateError } from "../error.js";
import type { Filmgate, Handle, Issue, SubmitOptions, VideoRequest } from "../types/index.js";
import { handlesOf } from "./call-error.js";
import { submitOptionsOf } from "./options.js";
import type { FilmgateProviderOptions, SubmitDefaults } from "./options.js";
import { idempotencyKey, toRequest } from "./request.js";
import { warningsOf } from "./result.js";
import type { CallOptions, Warning } from "./spec.js";
import { toBudget, toUsd } from "../util/micro-usd.js";
import { snapshotOf } from "../util/snapshot.js";
import { toUuid } from "../util/uuid.js";

/** Every listing rejects more, and it is probably a mistake. */
const MAX_VIDEOS = 100;

export interface SubmissionPlan {
  parts: { request: VideoRequest; options: SubmitOptions }[];
  /** Records an accepted job and its warnings, and calls the `onSubmitted` of the options. */
  onSubmitted(handle: Handle, issues: Issue[]): Promise<void>;
  /** The handles of all jobs, including those of the errors. */
  handles(reasons: unknown[]): Handle[];
  warnings(): Warning[];
}

export async function planSubmissions(
  modelId: string,
  client: Filmgate,
  options: FilmgateProviderOptions,
  call: CallOptions & { webhookUrl?: string },
): Promise<SubmissionPlan> {
  const since = Date.now();
  const { request: given, options: callOptions, warnings } = toRequest(modelId, call);
  const request = snapshotOf(given);
  const submitOptions: SubmitDefaults = { ...submitOptionsOf(options), ...callOptions };
  const requests = split(client, withWebhookUrl(request, call, options), submitOptions);
  const key = idempotencyKey(call);
  const parts = await Promise.all(
    requests.map(async (request, index) => ({
      request,
      options: {
        ...shareOf(submitOptions, request, call.n),
        ...webhookOptions(call, options),
        ...(key !== undefined && { idempotencyKey: await jobIdOf(key, index) }),
        ...(call.abortSignal && { signal: call.abortSignal }),
      },
    })),
  );
  const handles: Handle[] = [];
  const found: Issue[] = [];
  return {
    parts,
    onSubmitted: async (handle, issues) => {
      handles.push(handle);
      found.push(...issues);
      if (handle.createdAt < since) {
        const message = "The idempotency key belongs to an existing job. Nothing was submitted for it.";
        warnings.push({ type: "other", message });
      }
      try {
        await options.onSubmitted?.(handle);
      } catch {
        // The job is paid for, and must not be lost.
        warnings.push({ type: "other", message: "`onSubmitted` threw for a job. The job continues." });
      }
    },
    handles: (reasons) => {
      const all = [...handles, ...handlesOf(reasons)].map(
        (handle) => [handle.id, handle] as const,
      );
      return [...new Map(all).values()];
    },
    warnings: () => [...warnings, ...warningsOf(found)],
  };
}

/** The job id of an idempotency key, and of the position of a job in its call. Deterministic in all runtimes. */
async function jobIdOf(idempotencyKey: string, index: number): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    const message = "An idempotency key requires WebCrypto. A page has it over HTTPS only. Nothing was sent.";
    throw new FilmgateError({ code: "invalid_request", message });
  }
  const text = new TextEncoder().encode(`filmgate/ai-sdk:${index}:${idempotencyKey}`);
  return toUuid(new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}

/** One request, or several if no listing generates so many videos at once. */
function split(client: Filmgate, request: VideoRequest, options: SubmitDefaults): VideoRequest[] {
  const { n = 1, ...single } = request;
  const of = (n: number): VideoRequest => (n === 1 ? single : { ...single, n });
  if (!Number.isInteger(n) || n < 2 || n > MAX_VIDEOS) return [of(n)];
  const quotesOf = (request: VideoRequest) =>
    client.quote(request, { details: true }).filter(({ provider }) => isRequested(provider, options));
  const quotes = quotesOf(of(n));
  if (quotes.some(({ available }) => available)) return [of(n)];
  const issues = quotes.flatMap((quote) => (quote.available ? [] : quote.issues));
  const maxN = Math.max(1, ...issues.map(({ path, max = 1 }) => (path === "n" ? max : 1)));
  const parts = Array.from({ length: Math.ceil(n / maxN) }, (_, at) =>
    of(Math.min(maxN, n - at * maxN)),
  );
  // If the parts are not available either, the whole request is rejected as it was given.
  const areAvailable = parts.every((part) => quotesOf(part).some(({ available }) => available));
  return areAvailable ? parts : [of(n)];
}

function isRequested(id: string, { provider = "cheapest" }: SubmitDefaults): boolean {
  return provider === "cheapest" || [provider].flat().some((one) => one === id);
}

/** The limit is for all videos together. Each part gets its share, in whole micro-dollars. */
function shareOf(options: SubmitDefaults, { n = 1 }: VideoRequest, total: number): SubmitDefaults {
  const { maxCostUsd } = options;
  // What is no number is refused where it is read.
  if (n === total || typeof maxCostUsd !== "number") return options;
  return { ...options, maxCostUsd: toUsd(Math.floor((toBudget(maxCostUsd) * n) / total)) };
}

/** Without a secret, the webhook URL is used as it is. */
function withWebhookUrl(
  request: VideoRequest,
  { webhookUrl }: { webhookUrl?: string },
  { webhookSecret }: FilmgateProviderOptions,
): VideoRequest {
  return webhookUrl === undefined || webhookSecret ? request : { ...request, webhookUrl };
}

function webhookOptions(
  { webhookUrl }: { webhookUrl?: string },
  { webhookSecret }: FilmgateProviderOptions,
): Pick<SubmitOptions, "webhook"> {
  if (webhookUrl === undefined || !webhookSecret) return {};
  return { webhook: { url: webhookUrl, secret: webhookSecret } };
}
