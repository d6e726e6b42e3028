// One job on the stage.

import { Illustration } from "../shell/illustration.js";
import { CopyButton, Icon, Menu } from "../shell/parts.js";
import { deleteJob, resumeJob } from "../state/jobs.js";
import type { JobView } from "../state/job.js";
import { focusById } from "../state/ui.js";
import { providerName } from "../text/format.js";
import { describeError } from "../text/messages.js";
import { JobActions, RetryButtons, copyHandleText, useSettings } from "./actions.js";
import { Player } from "./player.js";
import { Running } from "./running.js";

/** `isCompact`: one of several of the same prompt, side by side; what each has come to is told below it. */
export function JobStage({ job, isCompact = false }: { job: JobView; isCompact?: boolean }) {
  const state = job.state.value;
  const titleId = `job-${job.id}`;
  return (
    <article class="job" data-job-id={job.id} data-state={state} aria-labelledby={titleId}>
      <div class="screen" data-count={job.videos.value.length > 1 ? "many" : undefined}>
        {state === "running" && <Running job={job} />}
        {state === "completed" && job.videos.value.map((view) => <Player key={view.name} job={job} view={view} />)}
        {state === "failed" && <Failed job={job} />}
      </div>
      <div class="job-text">
        <h3 id={titleId}>{isCompact ? job.modelName : job.title}</h3>
        <p class="meta">{isCompact ? providerName(job.provider) : job.meta}</p>
        {state !== "failed" && !(isCompact && state === "completed") && <p class="state">{job.text}</p>}
        {job.result.value?.errors.map(({ message }) => <p class="notice error" key={message}>{message}</p>)}
      </div>
      <div class="actions">
        {state === "completed" && !isCompact && <JobActions job={job} />}
        {state === "failed" && <RetryButtons job={job} />}
        <MoreMenu job={job} isCompact={isCompact} />
      </div>
    </article>
  );
}

function MoreMenu({ job, isCompact }: { job: JobView; isCompact: boolean }) {
  return (
    <Menu className="menu-up" title="More" label={<Icon name="more" />}>
      {isCompact && job.state.value === "completed" && <JobActions job={job} />}
      <CopyButton label="Copy handle" kind="item" text={() => copyHandleText(job)} />
      {job.videos.value.map(({ video, index }) => video.url && (
        <CopyButton key={index} label={job.videos.value.length > 1 ? `Copy URL ${index + 1}` : "Copy URL"} kind="item" text={() => video.url!} />
      ))}
      {job.note?.request && <button type="button" class="item" onClick={() => void useSettings(job)}>Use its settings</button>}
      {job.state.value !== "running" && !job.continues && (
        <button type="button" class="item danger" onClick={() => remove(job)}>Delete</button>
      )}
    </Menu>
  );
}

/** The way back has the focus: it is there for a while only. */
function remove(job: JobView): void {
  deleteJob(job);
  requestAnimationFrame(() => focusById("undo"));
}

const CHARGES: Record<string, string> = { none: "good", charged: "warn", unknown: "warn" };

/** What went wrong, what it cost, what to do. */
function Failed({ job }: { job: JobView }) {
  const error = job.error.value;
  if (!error) return null;
  const { charge, advice } = describeError(error, job.provider, job.environment);
  const kind = job.environment.isSimulated ? "good" : CHARGES[error.charge ?? ""];
  return (
    <div class="failed">
      <Illustration name={error.code} />
      <p class="state">{job.text}</p>
      <p class="notice">{charge && <span class={`tag ${kind}`}>{charge}</span>} {advice.text}</p>
      {error.code === "submission_unknown" && !job.handle.value.gateway && <JobIdForm job={job} />}
    </div>
  );
}

/** For a submit whose response was lost: the provider's console may show the job id. */
function JobIdForm({ job }: { job: JobView }) {
  const id = `job-id-${job.id}`;
  const place = job.environment.isSimulated ? "simulator's ledger" : `${providerName(job.provider)} console`;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).elements.namedItem(id) as HTMLInputElement;
    resumeJob(job, input.value.trim());
  };
  return (
    <form class="job-id" onSubmit={onSubmit}>
      <label for={id}>{`Job id from the ${place}`}</label>
      <input id={id} name={id} required spellcheck={false} />
      <button class="small">Resume</button>
    </form>
  );
}
