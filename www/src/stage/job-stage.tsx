// One job on the stage.

import { CopyButton, Icon, Menu } from "../shell/parts.js";
import { deleteJob, resumeJob } from "../state/jobs.js";
import type { JobView } from "../state/job.js";
import { providerName } from "../text/format.js";
import { describeError } from "../text/messages.js";
import { JobActions, RetryButtons, copyHandleText } from "./actions.js";
import { Player } from "./player.js";
import { Running } from "./running.js";

/** `isCompact`: one of several, side by side. */
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
        <h3 id={titleId} class={isCompact ? "hidden" : undefined}>{job.title}</h3>
        <p class="meta">{job.meta}</p>
        {state !== "failed" && <p class="state">{job.text}</p>}
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
      {job.state.value !== "running" && !job.continues && (
        <button type="button" class="item danger" onClick={() => remove(job)}>Delete</button>
      )}
    </Menu>
  );
}

function remove(job: JobView): void {
  deleteJob(job);
  document.getElementById("jobs-title")?.focus();
}

const CHARGES: Record<string, [string, string]> = {
  none: ["good", "Not billed"],
  charged: ["warn", "Billed"],
  unknown: ["warn", "Billing unknown"],
};

/** What went wrong, what it cost, what to do. */
function Failed({ job }: { job: JobView }) {
  const error = job.error.value;
  if (!error) return null;
  const { charge, advice } = describeError(error, job.provider, job.environment);
  const [kind, word] = (job.environment.isSimulated && error.charge !== "none" ? ["good", "Nothing is paid"] : CHARGES[error.charge ?? ""]) ?? [];
  return (
    <div class="failed">
      <FailedPicture code={error.code} />
      <p class="state">{job.text}</p>
      {word && <p><span class={`tag ${kind}`}>{word}</span></p>}
      <p class="notice">{`${charge} ${advice.text}`.trim()}</p>
      {error.code === "submission_unknown" && !job.handle.value.gateway && <JobIdForm job={job} />}
    </div>
  );
}

const MARKS: Record<string, string> = {
  cancelled: "M42 26h12v12H42z",
  submission_unknown: "M43.5 28.5a4.5 4.5 0 1 1 6.5 4c-1.6.9-2 1.7-2 3.5m0 4v.1",
  missing_api_key: "M44 31a4 4 0 1 1 0 2zm7.8 1h7m-2 0v4",
};
const CROSS = "m41 25 14 14m0-14L41 39";

/** A strip of film, with a mark that says how it ended. */
function FailedPicture({ code }: { code: string }) {
  return (
    <svg class="illustration" viewBox="0 0 96 64" aria-hidden="true" focusable="false">
      <rect x="8" y="8" width="80" height="48" rx="6" />
      <path d="M8 20h80M8 44h80M20 8v12M36 8v12M52 8v12M68 8v12M20 44v12M36 44v12M52 44v12M68 44v12" />
      <path class="mark" d={MARKS[code] ?? CROSS} />
    </svg>
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
