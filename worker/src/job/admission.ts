// Which providers a submit may be sent to now. While a provider is away its orders wait, or go to another provider.
import type { ListingRef, ProviderChoice, ProviderId } from "filmgate";
import { providersOf } from "../client.js";
import { errorCode } from "../errors.js";
import { parseUsd } from "../money.js";
import { providerHealthOf } from "../stubs.js";
import type { JobOffer, SubmitAdmission } from "../types.js";
import { ClearRuns } from "./clear-runs.js";
import { offersOf } from "./offers.js";
import type { JobRunner } from "./runner.js";

const HOUR = 60 * 60_000;
/** A job that could not be submitted for so long has failed. */
export const MAX_QUEUE_MS = 24 * HOUR;

/** So often a submit is tried again if the breaker cannot be reached, before it holds nothing back. */
const MAX_UNREACHABLE = 2;

/** What the jobs of this isolate know of the providers by now. */
const clear = new ClearRuns();

/** The providers to try, and the one whose breaker counts the submit; or when to ask again. */
export type Admitted =
  | { provider: ProviderChoice; countedAt?: ProviderId; retryAt?: never }
  | { provider?: never; countedAt?: never; retryAt: number };

/** Waiting is stored with the job, so that its owner sees it and a restart changes nothing. */
export async function admit(runner: JobRunner, signal: AbortSignal): Promise<Admitted> {
  const { spec, state } = runner;
  const listings = listingsOf(runner);
  const refusals: (SubmitAdmission & { isAdmitted: false })[] = [];
  for (const [index, listing] of listings.entries()) {
    const admission = await admissionOf(runner, listing, signal);
    if (admission.isAdmitted) {
      if (state.waiting) state.queueMs = Date.now() - spec.createdAt;
      stopWaiting(runner);
      // Where nothing is excluded, the package chooses as it does without a gateway.
      const others = await upOf(runner, listings.slice(index + 1));
      const isWhole = others.length + 1 === listings.length;
      const provider = isWhole ? spec.provider : [listing.provider, ...others];
      return { provider, ...(admission.isCounted !== false && { countedAt: listing.provider }) };
    }
    refusals.push(admission);
    // Only other submits are in flight: the order does not go elsewhere, where it may cost more.
    if (admission.since === undefined) break;
  }
  // Without a listing the package says what is wrong.
  const [first] = refusals;
  if (!first) return { provider: spec.provider };
  const since = refusals.every((refusal) => refusal.since !== undefined) ? first.since : undefined;
  if (since !== undefined && state.waiting === undefined) {
    const { provider } = listings[0]!;
    state.waiting = { provider, reason: "provider_unreachable", since: Date.now() };
    runner.log("waiting", { provider });
  }
  return { retryAt: Math.min(...refusals.map(({ retryAt }) => retryAt)) };
}

export function stopWaiting({ state }: JobRunner): void {
  if (state.waiting?.reason === "provider_unreachable") delete state.waiting;
}

/** A cancel ends the wait for other submits. */
async function admissionOf(runner: JobRunner, listing: ListingRef, signal: AbortSignal): Promise<SubmitAdmission> {
  const { env, jobId, state } = runner;
  if (clear.take(listing.provider, Date.now())) return { isAdmitted: true, isCounted: false };
  const health = providerHealthOf(env, listing.provider);
  const failures = clear.failures(listing.provider);
  try {
    const admission = health.admit(jobId, listing);
    const result = await Promise.race([admission, aborted(signal)]);
    if (result) {
      const isNews = clear.failures(listing.provider) === failures;
      if (result.isAdmitted && isNews) clear.grant(listing.provider, result, Date.now());
      return result;
    }
    void admission.then(({ isAdmitted }) => (isAdmitted ? health.withdraw(jobId) : undefined)).catch(() => {});
    return { isAdmitted: false, retryAt: Date.now() };
  } catch (error) {
    // An object that restarts ends all calls that it holds: their jobs come back one after the other.
    if ((state.failed.submit ?? 0) < MAX_UNREACHABLE) throw error;
    runner.log("error", { step: "admit", code: errorCode(error) });
    return { isAdmitted: true };
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });

/** Those of the others that answer: a rejected submit may go to them. */
async function upOf({ env }: JobRunner, listings: ListingRef[]): Promise<ProviderId[]> {
  const ask = async ({ provider, model, providerModelId }: ListingRef): Promise<boolean> => {
    if (clear.isUp(provider, Date.now())) return true;
    const failures = clear.failures(provider);
    const isUp = await providerHealthOf(env, provider)
      .isUp({ provider, model, providerModelId })
      .catch(() => undefined);
    if (isUp && clear.failures(provider) === failures) clear.onUp(provider, Date.now());
    return isUp ?? true;
  };
  const isUp = await Promise.all(listings.map(ask));
  return listings.filter((_, at) => isUp[at]).map(({ provider }) => provider);
}

/** The listings that take the request for the reserved amount, in the order in which they are tried. */
function listingsOf(runner: JobRunner): ListingRef[] {
  const { client, env, spec } = runner;
  const { reservedMicroUsd } = spec;
  const isCovered = ({ maxUsd }: JobOffer) =>
    reservedMicroUsd === null || (maxUsd !== undefined && (parseUsd(maxUsd) ?? Infinity) <= reservedMicroUsd);
  const offers = runner.offers ?? offersOf(client, providersOf(env), spec);
  runner.offers = undefined;
  return offers.filter(isCovered).map(({ provider, model, providerModelId }) => ({ provider, model, providerModelId }));
}

/** Tells the provider's breaker how a submit ended, if that counts it or has to know. It never throws. */
export async function tellSubmit(
  runner: JobRunner,
  provider: ProviderId,
  { isAnswered, isCounted }: { isAnswered: boolean; isCounted: boolean },
): Promise<void> {
  if (!isAnswered) clear.end(provider);
  else if (!isCounted) return;
  await providerHealthOf(runner.env, provider)
    .onSubmit(runner.jobId, isAnswered)
    .catch(() => {});
}

/** Its breaker does not count the submit any more. It never throws. */
export async function withdraw(runner: JobRunner, provider: ProviderId): Promise<void> {
  await providerHealthOf(runner.env, provider)
    .withdraw(runner.jobId)
    .catch(() => {});
}
