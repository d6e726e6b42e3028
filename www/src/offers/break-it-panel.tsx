// Break it: switches for faults, and the providers' ledger beside them.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { LedgerRow, Switch } from "../break-it/index.js";
import { environment } from "../state/environment.js";
import { isOn, ledger, ledgerModule, readLedger, switches, turn } from "../state/break-it.js";
import { jobs, resumeJob, selectedJob } from "../state/jobs.js";
import { money, providerName } from "../text/format.js";

const REFRESH_MS = 1_000;
const MAX_ROWS = 20;

export function BreakItPanel() {
  const id = environment.value?.id;
  const failure = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const read = () =>
      readLedger().then(
        () => (failure.value = undefined),
        (error: unknown) => (failure.value = error instanceof Error ? error.message : String(error)),
      );
    void read();
    const timer = setInterval(read, REFRESH_MS);
    return () => clearInterval(timer);
  }, [id]);
  return (
    <section class="break-it" aria-labelledby="break-title">
      <h2 id="break-title">Break it, and see what it costs</h2>
      <p class="hint">Each fault meets the next job. However it goes, the job ends and is billed once.</p>
      {failure.value && <p class="notice error">{failure}</p>}
      <ul class="switches">{switches.value.map((each) => <SwitchRow key={each.id} fault={each} />)}</ul>
      <p>
        <button type="button" class="small" onClick={() => location.reload()}>Reload the page now</button>{" "}
        <span class="hint">A running job goes on where it is.</span>
      </p>
      <LedgerTable />
    </section>
  );
}

function SwitchRow({ fault: { id, label, explanation } }: { fault: Switch }) {
  const isSwitchedOn = isOn(id);
  return (
    <li>
      <label class="checkbox">
        <input type="checkbox" role="switch" checked={isSwitchedOn} aria-describedby={`fault-${id}`} onChange={({ currentTarget }) => void turn(id, currentTarget.checked)} />
        {label}
      </label>
      <p class={isSwitchedOn ? "hint" : "hidden"} id={`fault-${id}`}>{explanation}</p>
    </li>
  );
}

function LedgerTable() {
  const rows = ledger.value ?? [];
  const module = useSignal<Awaited<ReturnType<typeof ledgerModule>> | undefined>(undefined);
  useEffect(() => void ledgerModule().then((loaded) => (module.value = loaded)), []);
  const loaded = module.value;
  const job = selectedJob.value;
  if (!loaded) return null;
  const shown = job && loaded.rowOf(rows, job.handle.value);
  const isLost = job?.error.value?.code === "submission_unknown";
  const handles = (jobs.value ?? []).map(({ handle }) => handle.value);
  const found = isLost ? loaded.lostRows(rows, job.handle.value, handles) : [];
  const total = rows.reduce((sum, { microUsd }) => sum + microUsd, 0);
  return (
    <>
      <h3 id="ledger-title">{`The providers' ledger: ${money(total / 1e6)}`}</h3>
      {rows.length === 0 && <p class="hint">Nothing was submitted yet.</p>}
      <ul class="ledger" aria-labelledby="ledger-title">
        {rows.slice(0, MAX_ROWS).map((row) => (
          <li key={row.key} data-selected={row === shown ? "" : undefined}>
            <span class="ledger-name">{providerName(row.provider)} <small>{row.model}</small></span>
            <span class={`tag ${kindOf(row)}`}>{loaded.verdictText(row.verdict)}</span>
            <span class="ledger-cost">{money(row.microUsd / 1e6)}</span>
            <small class="ledger-id">{submissionsText(row)} <code>{row.id?.slice(0, 8)}</code></small>
            {job && found.includes(row) && (
              <button type="button" class="small" onClick={() => resumeJob(job, row.id!)}>Continue the lost job with this id</button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

const submissionsText = ({ submissions }: LedgerRow): string => (submissions === 1 ? "1 submit" : `${submissions} submits`);

const kindOf = ({ verdict }: LedgerRow): string =>
  verdict === "billed_twice" ? "warn" : verdict === "billed_once" ? "good" : "";
