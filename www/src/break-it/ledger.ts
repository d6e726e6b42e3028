// The providers' ledger as rows, one for each job.
import type { Handle, ProviderId } from "filmgate";
import type { Ledger, RecordedSubmission } from "filmgate/testing";

/**
 * What became of a job. `billed_once`; `billed_twice` never happens with filmgate; `not_billed`: it was accepted, and nothing
 * is billed so far; `not_accepted`: the provider has no job.
 */
export type Verdict = "billed_once" | "billed_twice" | "not_billed" | "not_accepted";

export interface LedgerRow {
  /** For a list: the same row has the same key. */
  key: string;
  provider: ProviderId;
  /** The provider's id of the job; null if there is none. */
  id: string | null;
  model: string | null;
  /** Time of the first submit, in milliseconds since 1970, by the simulator's clock. */
  atMs: number;
  /** Number of submits that arrived, or that the provider did not read. */
  submissions: number;
  /** Number of jobs that the submits made. */
  accepted: number;
  /** Number of charges. */
  charges: number;
  /** Sum of the charges, in micro-dollars. */
  microUsd: number;
  verdict: Verdict;
}

/** The rows of a ledger, newest first. Submits of one Runware task are one row: they have its id. */
export function ledgerRows({ submissions, charges }: Ledger): LedgerRow[] {
  const groups = new Map<string, RecordedSubmission[]>();
  for (const [index, submission] of submissions.entries()) {
    const id = submission.id ?? submission.key;
    const key = `${submission.provider} ${id ?? `submit ${index}`}`;
    groups.set(key, [...(groups.get(key) ?? []), submission]);
  }
  const rows = [...groups].map(([key, group]): LedgerRow => {
    const { provider, model, atMs } = group[0]!;
    const id = group.find((submission) => submission.id !== null)?.id ?? group[0]!.key;
    const billed = charges.filter((charge) => charge.provider === provider && charge.id === id);
    const accepted = group.filter(({ outcome }) => outcome === "accepted").length;
    return {
      ...{ key, provider, id, model, atMs, accepted },
      submissions: group.length,
      charges: billed.length,
      microUsd: billed.reduce((sum, { microUsd }) => sum + microUsd, 0),
      verdict: verdictOf(accepted, billed.length),
    };
  });
  return rows.reverse();
}

function verdictOf(accepted: number, charges: number): Verdict {
  if (charges > 1) return "billed_twice";
  if (charges === 1) return "billed_once";
  return accepted > 0 ? "not_billed" : "not_accepted";
}

const VERDICTS: Record<Verdict, string> = {
  billed_once: "Billed once",
  billed_twice: "Billed twice",
  not_billed: "Not billed",
  not_accepted: "Not accepted",
};

export const verdictText = (verdict: Verdict): string => VERDICTS[verdict];

/** The row of a job, if its handle names one. A RunPod job has no id until its submit is answered. */
export function rowOf(rows: readonly LedgerRow[], { provider, id, jobId }: Handle): LedgerRow | undefined {
  const wanted = jobId ?? (provider === "runware" ? id : undefined);
  return rows.find((row) => row.provider === provider && row.id === wanted);
}

/**
 * The rows that a RunPod job with a lost answer may be: accepted jobs of its model that no handle names, submitted since it
 * was created. `resume(handle, { jobId: row.id })` continues it.
 */
export function lostRows(rows: readonly LedgerRow[], handle: Handle, handles: readonly Handle[]): LedgerRow[] {
  const known = new Set(handles.map(({ jobId }) => jobId));
  return rows.filter(
    ({ provider, id, model, accepted, atMs }) =>
      provider === handle.provider &&
      model === handle.providerModelId &&
      accepted > 0 &&
      atMs >= handle.createdAt &&
      id !== null &&
      !known.has(id),
  );
}
