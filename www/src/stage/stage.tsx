// The stage: what there is to look at. Empty, it offers examples; a job shows its progress, its video or its error.

import { Illustration } from "../shell/illustration.js";
import { selectedJob, jobs } from "../state/jobs.js";
import { settings } from "../state/settings.js";
import type { EnvironmentId } from "../state/settings.js";
import { quoteFailure } from "../state/quotes.js";
import { cannotSend } from "../state/submit.js";
import { EXAMPLES, useExample } from "./examples.js";
import { CompareStage, comparedJobs } from "./compare-stage.js";
import { JobStage } from "./job-stage.js";
import { SCENES } from "./scenes.js";

export function Stage() {
  const job = selectedJob.value;
  const group = job && comparedJobs(job);
  return <div class="stage">{job && group ? <CompareStage key={job.note!.group} jobs={group} /> : job ? <JobStage key={`${job.environment.id} ${job.id}`} job={job} /> : <EmptyStage />}</div>;
}

const HINTS: Record<EnvironmentId, string> = {
  page: "No key, no cost: this page simulates the providers until you choose otherwise.",
  local: "No key, no cost: a server on this machine simulates the providers.",
  live: "With your own API keys, at the price beside each offer.",
  gateway: "By a gateway, with its own provider keys and budgets.",
};

/** Nothing can be sent; the simulator in the page needs no network. */
function OfflineStage() {
  return (
    <section class="empty" aria-labelledby="empty-title">
      <Illustration name="offline" />
      <h2 id="empty-title">You are offline</h2>
      <p class="hint">Jobs go on at the provider, and kept videos still play. In this page videos can be simulated meanwhile.</p>
      <button type="button" onClick={() => (settings.environment.value = "page")}>Simulate in this page</button>
    </section>
  );
}

function emptyTitle(): string {
  if (quoteFailure.value) return "Connect a gateway, or choose another environment";
  return jobs.value?.length ? "Start another one" : "Your first video is one press away";
}

function EmptyStage() {
  if (cannotSend.value) return <OfflineStage />;
  return (
    <section class="empty" aria-labelledby="empty-title">
      <h2 id="empty-title">{emptyTitle()}</h2>
      <p class="hint">{HINTS[settings.environment.value]}</p>
      <ul class="examples" aria-label="Examples">
        {EXAMPLES.map((example) => (
          <li key={example.name}>
            <button type="button" class="example" onClick={() => void useExample(example)}>
              <img src={SCENES[example.scene]} alt="" width="320" height="180" />
              <span class="example-text">
                <span class="example-name">{example.name}</span> <span class="example-kind">{example.kind}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
