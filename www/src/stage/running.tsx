// A job on its way: how far it is, what happens now, when it is expected.

import { askToNotify, canAskToNotify } from "../shell/title.js";
import { cancelJob } from "../state/jobs.js";
import type { JobView } from "../state/job.js";
import { now } from "../state/ui.js";
import { clock, span } from "../text/format.js";
import { posterUrl } from "./poster-url.js";

const STEPS: [string, readonly string[]][] = [
  ["Submit", ["submitting", "reconciling"]],
  ["Queue", ["queued"]],
  ["Generate", ["running"]],
];

const RADIUS = 30;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

export function Running({ job }: { job: JobView }) {
  const progress = job.progress.value;
  const silence = job.silence.value;
  return (
    <div class="running">
      <img class="running-scene" src={posterUrl(job.title)} alt="" />
      <div class="running-panel">
        <svg class="ring" viewBox="0 0 72 72" aria-hidden="true" focusable="false" data-indeterminate={progress === undefined ? "" : undefined}>
          <circle cx="36" cy="36" r={RADIUS} />
          <circle
            class="ring-value"
            cx="36"
            cy="36"
            r={RADIUS}
            stroke-dasharray={String(CIRCUMFERENCE)}
            stroke-dashoffset={String(CIRCUMFERENCE * (1 - (progress ?? 0.2)))}
          />
          <text x="36" y="41" text-anchor="middle">{progress === undefined ? "" : `${Math.round(progress * 100)}%`}</text>
        </svg>
        <progress class="hidden" max={1} value={progress} aria-label="Progress" />
        <ol class="steps" aria-label="Steps">
          {STEPS.map(([label, statuses]) => (
            <li key={label} aria-current={statuses.includes(job.status.value) ? "step" : undefined}>{label}</li>
          ))}
        </ol>
        <Expected at={job.expectedAt.value} />
        {silence && <p class="notice">{silence}</p>}
        {job.notice.value && <p class="notice">{job.notice}</p>}
        <div class="running-buttons">
          <button type="button" class="small" disabled={job.isCancelling.value} onClick={() => void cancelJob(job)}>
            Cancel
          </button>
          {canAskToNotify.value && (
            <button type="button" class="small" onClick={() => void askToNotify()}>Notify me</button>
          )}
        </div>
      </div>
    </div>
  );
}

function Expected({ at }: { at: number | undefined }) {
  if (at === undefined) return null;
  const left = at - now.value;
  return <p class="hint">{left >= 1000 ? `Expected at ${clock(at)}, in ${span(left)}.` : "Expected any moment now."}</p>;
}
