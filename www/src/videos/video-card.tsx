// One job as a poster: its picture, how far it is, its words.

import { useSignal } from "@preact/signals";
import { posterUrl } from "../stage/poster-url.js";
import { Icon } from "../shell/parts.js";
import { selectedId } from "../state/jobs.js";
import type { JobView } from "../state/job.js";
import { isKept } from "../state/library.js";
import { posterOf } from "../state/posters.js";
import { prefersReducedMotion } from "../state/ui.js";
import { clock } from "../text/format.js";
import { Preview } from "./preview.js";

const STATES: Record<string, string> = { running: "Running", completed: "Completed", failed: "Failed" };

export function VideoCard({ job, onChoose }: { job: JobView; onChoose?(): void }) {
  const isOver = useSignal(false);
  const state = job.state.value;
  const percent = job.progress.value;
  const poster = posterOf(job.id);
  const choose = () => {
    selectedId.value = job.id;
    onChoose?.();
  };
  return (
    <li class="video-card" data-job-id={job.id} data-state={state}>
      <button
        type="button"
        aria-pressed={selectedId.value === job.id}
        onClick={choose}
        onPointerEnter={({ pointerType }) => (isOver.value = pointerType === "mouse" && !prefersReducedMotion())}
        onPointerLeave={() => (isOver.value = false)}
      >
        <span class="card-picture">
          <img src={poster ?? posterUrl(job.title)} alt="" loading="lazy" decoding="async" width="160" height="90" data-drawn={poster ? undefined : ""} />
          {isOver.value && isKept(job.id, 0) && <Preview id={job.id} />}
          <span class="card-state" aria-hidden="true">
            {state === "running" ? (percent === undefined ? "…" : `${Math.round(percent * 100)}%`) : <Icon name={state === "completed" ? "play" : "close"} />}
          </span>
          {isKept(job.id, 0) && <span class="card-kept">Kept here</span>}
        </span>
        <span class="card-title">{job.title}</span>
        <span class="card-meta"><span class="hidden">{STATES[state]}, </span>{`${job.modelName} · ${clock(job.handle.value.createdAt)}`}</span>
      </button>
    </li>
  );
}
