// Statuses, errors and charges in words: what happened, whether it cost anything, what to do.

import { providerName } from "./format.js";

const STATUS_WORDS = {
  submitting: "Submitting",
  reconciling: "Finding out whether the provider has accepted",
  queued: "In the queue",
  running: "Filming",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "The result is past its time",
  submission_unknown: "Submitted, but the answer was lost",
};

export const statusWords = (status) => STATUS_WORDS[status] ?? status;

// `resume`: the job goes on at the provider, so the page offers to go on with it.
const ADVICE = {
  invalid_request: { text: "Mend the problems beside the fields." },
  budget_exceeded: { text: "Raise the limit, or choose something that costs less." },
  missing_api_key: { text: "Give the key or the token above, then go on.", resume: true },
  store_error: {
    text: "This browser keeps nothing for the page. Allow site data, or leave private browsing.",
  },
  unauthorized: { text: "Check the key or the token above." },
  insufficient_quota: { text: "Top up the account at the provider." },
  rate_limited: { text: "Wait a minute, then try again.", resume: true },
  content_policy_violation: { text: "Change the prompt or the picture." },
  rejected: { text: "Change what the provider names, then film again." },
  model_unavailable: { text: "Try the other provider, or another model." },
  generation_failed: { text: "Film it again, or change the prompt." },
  generation_timeout: { text: "Film it again." },
  cancelled: { text: "" },
  expired: { text: "The provider no longer holds the result. Ask its support with the handle." },
  submission_unknown: {
    text:
      "It is never sent again by itself. Look for it in the provider's console: its id, given here or to the " +
      "gateway's admin, brings it back.",
  },
  timeout: { text: "The job goes on at the provider.", resume: true },
  network: {
    text:
      "Check the connection. A provider that refuses pages (CORS) wants a gateway above; a gateway has to " +
      "list this page's origin.",
    resume: true,
  },
  invalid_response: { text: "The job may go on at the provider.", resume: true },
  job_not_found: { text: "Nothing is stored for this job any more." },
  internal: { text: "The job, if there was one, goes on at the provider.", resume: true },
};

export const adviceFor = (code) => ADVICE[code] ?? { text: "" };

/** Whether money went, in a sentence. */
export function chargeWords(charge, provider) {
  const name = provider ? providerName(provider) : "The provider";
  return (
    {
      none: "Nothing was billed.",
      charged: `${name} has billed it.`,
      unknown: `Whether ${name} bills it is not known: look at your account before you film it again.`,
    }[charge] ?? ""
  );
}

/** What came of a cancel, in a sentence. */
export function cancellationWords({ result, charge }, provider) {
  const what = {
    cancelled: "Cancelled.",
    already_finished: "Too late to cancel: the job had ended.",
    unsupported: `${providerName(provider)} cannot cancel: the job goes on.`,
  }[result];
  return `${what} ${chargeWords(charge, provider)}`;
}
