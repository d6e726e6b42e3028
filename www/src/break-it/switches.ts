// The switches, and the rules that each of them stands for.
import type { FaultRule } from "filmgate/testing";

export type SwitchId = "rate-limit" | "lose-answer" | "not-found" | "unavailable" | "cut-download";

/** A switch of the panel. */
export interface Switch {
  id: SwitchId;
  label: string;
  /** What filmgate does about it, in a line. */
  explanation: string;
}

/** How long a job is not found, in milliseconds. */
export const NOT_FOUND_MS = 60_000;
/** More polls than a job has in that time. Bounded: a page that is closed meanwhile cannot end the fault. */
const MAX_POLLS = 20;
const NOT_FOUND = 404;
const UNAVAILABLE = 503;

interface SwitchRules extends Switch {
  rules: readonly FaultRule[];
}

// In the order in which the faults of one request apply: a submit is refused before its answer is lost.
const ALL_SWITCHES: readonly SwitchRules[] = [
  {
    id: "rate-limit",
    label: "429 to the submit, twice",
    explanation: "Nothing was accepted, so filmgate waits as long as the provider says and submits again.",
    rules: [{ operation: "submit", times: 2, fault: { kind: "rateLimit", retryAfter: 1 } }],
  },
  {
    id: "lose-answer",
    label: "Lose the answer to the submit",
    explanation:
      "Runware is asked for the job by its id. RunPod cannot be, so the job waits for its id from the ledger. Neither is paid twice.",
    rules: [{ operation: "submit", times: 1, fault: { kind: "resetAfter" } }],
  },
  {
    id: "not-found",
    label: "Job not found for a minute (404)",
    explanation: "A provider may not know a job yet that it has accepted, so filmgate polls on until it does.",
    // Runware has no 404 for a job, but its host may have one. In Runware's own form it would be the job's error.
    rules: [
      { provider: "runpod", operation: "poll", times: MAX_POLLS, fault: { kind: "error", status: NOT_FOUND } },
      { provider: "runware", operation: "poll", times: MAX_POLLS, fault: { kind: "text", status: NOT_FOUND } },
    ],
  },
  {
    id: "unavailable",
    label: "503 to three polls",
    explanation: "A failed poll never fails a job: filmgate polls again, and the job goes on at the provider.",
    rules: [{ operation: "poll", times: 3, fault: { kind: "error", status: UNAVAILABLE } }],
  },
  {
    id: "cut-download",
    label: "Cut the download, twice",
    explanation: "The download continues from its last byte, and its length is checked at the end.",
    rules: [{ operation: "download", times: 2, fault: { kind: "truncatedStream" } }],
  },
];

export const SWITCHES: readonly Switch[] = ALL_SWITCHES.map(({ id, label, explanation }) => ({ id, label, explanation }));

/** The rules of the switches that are on. */
export function rulesOf(isOn: (id: SwitchId) => boolean): FaultRule[] {
  return ALL_SWITCHES.filter(({ id }) => isOn(id)).flatMap(({ rules }) => rules);
}
