// The submits that one call comes to, and what is remembered of them.
import type { Filmgate, Handle, SubmitOptions, VideoRequest } from "../types/index.js";
import { handlesOf } from "./call-error.js";
import { jobKey } from "./key.js";
import { wishesOf } from "./options.js";
import type { FilmgateProviderOptions, SubmitDefaults } from "./options.js";
import { idempotencyKey, orderOf } from "./request.js";
import { warningsOf } from "./result.js";
import type { CallOptions, Warning } from "./spec.js";

/** More are refused by every listing, and are likelier a mistake than a wish. */
const MOST_VIDEOS = 100;

export interface Submission {
  parts: { request: VideoRequest; wishes: SubmitOptions }[];
  /** Tells the caller of a job that a provider has taken. */
  taken(handle: Handle): Promise<void>;
  /** The handles of all jobs, those that came to nothing among them. */
  handles(reasons: unknown[]): Handle[];
  /** What the caller should know, and may ignore. */
  warnings(): Warning[];
}

export async function submission(
  modelId: string,
  client: Filmgate,
  options: FilmgateProviderOptions,
  call: CallOptions & { webhookUrl?: string },
): Promise<Submission> {
  const since = Date.now();
  const { request, wishes, warnings } = orderOf(modelId, call);
  const wished: SubmitDefaults = { ...wishesOf(options), ...wishes };
  const requests = split(client, withWebhook(request, call, options), wished);
  const key = idempotencyKey(call);
  const parts = await Promise.all(
    requests.map(async (request, index) => ({
      request,
      wishes: {
        ...shareOf(wished, request, call.n),
        ...webhook(call, options),
        ...(key !== undefined && { idempotencyKey: await jobKey(key, index) }),
        ...(call.abortSignal && { signal: call.abortSignal }),
      },
    })),
  );
  const handles: Handle[] = [];
  return {
    parts,
    taken: async (handle) => {
      handles.push(handle);
      if (handle.createdAt < since) {
        const message =
          "The idempotency key names a job of before, so nothing was submitted for it.";
        warnings.push({ type: "other", message });
      }
      try {
        await options.onSubmitted?.(handle);
      } catch {
        // The film is paid for, and no reason to lose it.
        warnings.push({ type: "other", message: "`onSubmitted` failed for a job, which goes on." });
      }
    },
    handles: (reasons) => {
      const all = [...handles, ...handlesOf(reasons)].map(
        (handle) => [handle.id, handle] as const,
      );
      return [...new Map(all).values()];
    },
    warnings: () => {
      const [taken] = handles;
      const quotes = taken && parts[0] ? client.quote(parts[0].request) : [];
      const isAsked = quotes.find(
        ({ provider, providerModelId }) => provider === taken?.provider && providerModelId === taken.providerModelId,
      );
      return [...warnings, ...warningsOf(isAsked)];
    },
  };
}

/** One request, or several where no listing makes so many at once. */
function split(client: Filmgate, request: VideoRequest, wished: SubmitDefaults): VideoRequest[] {
  const { n = 1, ...single } = request;
  const of = (n: number): VideoRequest => (n === 1 ? single : { ...single, n });
  if (!Number.isInteger(n) || n < 2 || n > MOST_VIDEOS) return [of(n)];
  const asked = (request: VideoRequest) =>
    client.quote(request).filter(({ provider }) => isWanted(provider, wished));
  const quotes = asked(of(n));
  if (quotes.some(({ available }) => available)) return [of(n)];
  const limits = quotes.flatMap((quote) => (quote.available ? [] : quote.issues));
  const most = Math.max(1, ...limits.map(({ path, max = 1 }) => (path === "n" ? max : 1)));
  const parts = Array.from({ length: Math.ceil(n / most) }, (_, at) =>
    of(Math.min(most, n - at * most)),
  );
  // What is not taken in parts either is refused as it was meant.
  const areTaken = parts.every((part) => asked(part).some(({ available }) => available));
  return areTaken ? parts : [of(n)];
}

function isWanted(id: string, { provider = "cheapest" }: SubmitDefaults): boolean {
  return provider === "cheapest" || [provider].flat().some((wanted) => wanted === id);
}

/** The limit is of all videos together: each part may take its share, in whole micro-dollars. */
function shareOf(wished: SubmitDefaults, { n = 1 }: VideoRequest, all: number): SubmitDefaults {
  const { maxCostUsd } = wished;
  if (n === all || maxCostUsd === undefined) return wished;
  return { ...wished, maxCostUsd: Math.floor((Math.round(maxCostUsd * 1e6) * n) / all) / 1e6 };
}

/** The address as it is, where no token is wished for. */
function withWebhook(
  request: VideoRequest,
  { webhookUrl }: { webhookUrl?: string },
  { webhookSecret }: FilmgateProviderOptions,
): VideoRequest {
  return webhookUrl === undefined || webhookSecret ? request : { ...request, webhookUrl };
}

function webhook(
  { webhookUrl }: { webhookUrl?: string },
  { webhookSecret }: FilmgateProviderOptions,
): Pick<SubmitOptions, "webhook"> {
  if (webhookUrl === undefined || !webhookSecret) return {};
  return { webhook: { url: webhookUrl, secret: webhookSecret } };
}
