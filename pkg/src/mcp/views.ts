// Jobs and the budget as the tools return them: without the provider's last response, which may be long and may quote the prompt.
import { isFinal } from "../util/status.js";
import { toUsd } from "../util/micro-usd.js";
import { hasEnded, type KnownJob } from "./jobs.js";
import type { Balance } from "./ledger.js";
import type { Filmgate, Handle, Video } from "../types/index.js";

type View = Record<string, unknown>;

export function jobView(client: Filmgate, { id, job, update }: KnownJob): View {
  if (!job) return { id, status: "submitting", hasEnded: false };
  const { handle, status, outcome, error, warnings = [] } = job;
  const isOver = hasEnded(job);
  const { progress, error: obstacle } = update ?? {};
  const charge = outcome?.charge ?? error?.charge;
  return {
    id,
    // The record is written later than the update, except at the end.
    status: isOver || !update || isFinal(update.status) ? status : update.status,
    hasEnded: isOver,
    model: handle.model,
    provider: handle.provider,
    createdAt: iso(handle.createdAt),
    ...(!isOver && { expectedEndAt: iso(expectedEnd(client, handle, update?.etaMs)) }),
    ...(!isOver && progress !== undefined && { progress }),
    ...(handle.quote && { quotedMaxUsd: toUsd(handle.quote.max) }),
    ...(outcome?.costUsd !== undefined && { costUsd: outcome.costUsd }),
    ...(charge && { charge }),
    ...(outcome && { videos: outcome.videos.map(videoView) }),
    ...(error && { error: { code: error.code, message: error.message, charge: error.charge, retryable: error.retryable } }),
    ...(!isOver && obstacle && { obstacle: { code: obstacle.code, message: obstacle.message } }),
    ...(warnings.length > 0 && { warnings: warnings.map(({ path, message }) => ({ path, message })) }),
  };
}

const videoView = ({ url, expiresAt }: Video): View => ({
  ...(url !== undefined && !url.startsWith("data:") && { url }),
  ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
});

export function budgetView({ limitMicroUsd, spentMicroUsd, reservedMicroUsd }: Balance): View {
  const left = Math.max(0, limitMicroUsd - spentMicroUsd - reservedMicroUsd);
  return { limitUsd: toUsd(limitMicroUsd), spentUsd: toUsd(spentMicroUsd), reservedUsd: toUsd(reservedMicroUsd), leftUsd: toUsd(left) };
}

/** By the typical run time of the listing, until the client knows more. In milliseconds since 1970. */
function expectedEnd(client: Filmgate, handle: Handle, etaMs: number | undefined): number {
  const { model, provider, providerModelId, createdAt } = handle;
  if (etaMs !== undefined) return Date.now() + etaMs;
  const listings = client.model(model)?.listings ?? [];
  const listing = listings.find((one) => one.provider === provider && one.providerModelId === providerModelId);
  return Math.max(Date.now(), createdAt + (listing?.typicalDurationMs ?? 0));
}

const iso = (ms: number): string => new Date(ms).toISOString();
