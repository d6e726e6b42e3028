// The stage: what there is to look at. Empty, it offers examples; a job shows its progress, its video or its error.

import { selectedJob, jobs } from "../state/jobs.js";
import { settings } from "../state/settings.js";
import type { EnvironmentId } from "../state/settings.js";
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

function EmptyStage() {
  return (
    <section class="empty" aria-labelledby="empty-title">
      <h2 id="empty-title">{jobs.value?.length ? "Start another one" : "Your first video is one press away"}</h2>
      <p class="hint">{HINTS[settings.environment.value]}</p>
      <ul class="examples" aria-label="Examples">
        {EXAMPLES.map((example) => (
          <li key={example.name}>
            <button type="button" class="example" onClick={() => void useExample(example)}>
              <img src={SCENES[example.scene]} alt="" width="320" height="180" />
              <span class="example-name">{example.name}</span>
              <span class="example-kind">{example.kind}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
