// Statuses, errors and charges as text: what happened, whether it was billed, what to do.

import type { CancelResult, Charge, Handle, ProviderId } from "filmgate";
import { providerName } from "./format.js";

/** An error as the page shows it: a `FilmgateError`, a stored one, or one of the page's own. */
export interface ShownError {
  code: string;
  message: string;
  charge?: Charge;
  provider?: ProviderId;
  handle?: Handle;
}

/** `resume`: the job continues at the provider, so the page offers to resume it. */
export interface Advice {
  text: string;
  resume?: boolean;
}

interface Place {
  isSimulated?: boolean;
}

const STATUS_TEXTS: Record<string, string> = {
  submitting: "Submitting",
  reconciling: "Checking whether the provider accepted the job",
  queued: "Queued",
  running: "Generating",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "The result has expired",
  submission_unknown: "Submitted, but the response was lost",
};

export const statusText = (status: string): string => STATUS_TEXTS[status] ?? status;

const ADVICE: Record<string, Advice> = {
  invalid_request: { text: "Fix the issues beside the fields." },
  budget_exceeded: { text: "Raise the limit, or choose something that costs less." },
  missing_api_key: { text: "Enter the API key in the environment menu.", resume: true },
  store_error: {
    text: "This browser blocks storage for the page. Allow site data, or leave private browsing.",
  },
  unauthorized: { text: "Check the API key in the environment menu." },
  insufficient_quota: { text: "Top up the account at the provider." },
  rate_limited: { text: "Wait a minute, then try again.", resume: true },
  content_policy_violation: { text: "Change the prompt or the image." },
  bad_request: { text: "Change what the provider names, then generate again." },
  model_unavailable: { text: "Try the other provider, or another model." },
  generation_failed: { text: "Generate again, or change the prompt." },
  generation_timeout: { text: "Generate again." },
  cancelled: { text: "" },
  result_expired: {
    text: "The provider no longer stores the result. Contact its support with the handle.",
  },
  submission_unknown: {
    text:
      "It is never resubmitted automatically. Look it up in the provider's console, then enter its id " +
      "here or give it to the gateway's admin.",
  },
  timeout: { text: "The job may continue at the provider.", resume: true },
  connection_error: {
    text:
      "Check the connection. If the provider blocks web pages (CORS), use a gateway; a gateway must " +
      "list this page's origin.",
    resume: true,
  },
  invalid_response: { text: "The job may continue at the provider.", resume: true },
  job_not_found: { text: "This job is no longer stored." },
  internal_error: { text: "The job, if there was one, continues at the provider.", resume: true },
};

// At a simulated provider there is no bill, no console and no CORS.
const SIMULATED_ADVICE: Record<string, Advice> = {
  submission_unknown: { text: "It is never resubmitted automatically." },
  connection_error: { text: "Check that the simulator is running.", resume: true },
  result_expired: { text: "The simulator no longer stores the result." },
};

/** An error in the words of its environment: `message`, `charge` and `advice`. */
export function describeError({ code, message, charge }: ShownError, provider: string | undefined, environment: Place) {
  const { isSimulated } = environment;
  const simulated = isSimulated ? SIMULATED_ADVICE[code] : undefined;
  const isLost = isSimulated && code === "submission_unknown";
  return {
    message: isLost ? "The response to the submit was lost." : message,
    charge: chargeText(charge, provider, environment),
    advice: simulated ?? ADVICE[code] ?? { text: "" },
  };
}

/** Whether the job was billed, as a sentence. */
function chargeText(charge: Charge | undefined, provider: string | undefined, { isSimulated }: Place): string {
  const name = provider ? providerName(provider) : "The provider";
  if (isSimulated && charge !== "none") return `${name} is simulated: nothing is paid.`;
  if (charge === undefined) return "";
  return {
      none: "Nothing was billed.",
      charged: `${name} has billed it.`,
      unknown: `It is unknown whether ${name} bills it: check your account before you generate it again.`,
    }[charge];
}

const recipient = ({ gateway, provider }: Handle): string => (gateway ? "the gateway" : providerName(provider));

/** Nothing has answered a submit for some seconds. */
export function silenceText(handle: Handle): string {
  const name = recipient(handle);
  const refuses = handle.gateway ? "it does not list this page's origin" : `${name} refuses pages`;
  const advice = handle.gateway ? "" : " Use a gateway.";
  return `No answer from ${name}. The browser cannot say why: no network, or ${refuses} (CORS).${advice}`;
}

/** What being offline means for a job. */
export function offlineText(handle: Handle, isAccepted: boolean): string {
  const name = recipient(handle);
  if (!isAccepted) return `Whether ${name} has accepted it is checked once you are online.`;
  return `The video continues at ${name}. This page looks at it again once you are online.`;
}

/** A cancel before the provider has accepted. */
export const cancelLaterText = (handle: Handle): string => `Will be cancelled once ${recipient(handle)} can be asked.`;

/** The result of a cancel, as a sentence. */
export function cancelText({ result, charge }: CancelResult, provider: ProviderId, environment: Place): string {
  const text = {
    cancelled: "Cancelled.",
    already_finished: "Too late to cancel: the job had already ended.",
    unsupported: `${providerName(provider)} does not support cancelling: the job continues.`,
  }[result];
  return `${text} ${chargeText(charge, provider, environment)}`;
}
