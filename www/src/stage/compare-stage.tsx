// Jobs that were generated side by side: their videos play in step, with what each cost.

import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Icon } from "../shell/parts.js";
import { jobs } from "../state/jobs.js";
import type { JobView } from "../state/job.js";
import { money, span } from "../text/format.js";
import { JobStage } from "./job-stage.js";

/** The jobs of the same comparison, in the order of the list; `undefined` if there is only one. */
export function comparedJobs(job: JobView): readonly JobView[] | undefined {
  const group = job.note?.group;
  if (group === undefined) return undefined;
  const members = (jobs.value ?? []).filter((other) => other.note?.group === group);
  return members.length > 1 ? members : undefined;
}

export function CompareStage({ jobs: members }: { jobs: readonly JobView[] }) {
  const box = useRef<HTMLDivElement>(null);
  const isPlaying = useSignal(false);
  const players = () => [...box.current!.querySelectorAll("video")];
  const toggle = () => {
    const all = players();
    isPlaying.value = !isPlaying.value;
    const from = Math.min(...all.map((player) => player.currentTime));
    for (const player of all) {
      if (!isPlaying.value) player.pause();
      else {
        player.muted = true;
        player.currentTime = from;
        void player.play().catch(() => {});
      }
    }
  };
  const hasVideos = members.filter((job) => job.videos.value.some((video) => video.source.value)).length > 1;
  return (
    <section class="compared" aria-labelledby="compare-title">
      <div class="compared-head">
        <div>
          <h2 id="compare-title">{members[0]!.title}</h2>
          <p class="hint">{togetherText(members)}</p>
        </div>
        {hasVideos && (
          <button type="button" class="primary-small" onClick={toggle}>
            <Icon name={isPlaying.value ? "cut" : "play"} /> {isPlaying.value ? "Stop all" : "Play in step"}
          </button>
        )}
      </div>
      <div class="compared-columns" ref={box} data-count={members.length}>
        {members.map((job) => (
          <div key={job.id} class="compared-column">
            <JobStage job={job} isCompact />
            <Facts job={job} />
          </div>
        ))}
      </div>
    </section>
  );
}

/** How many there are, and what they cost once all have ended. */
function togetherText(members: readonly JobView[]): string {
  const costs = members.map(({ result }) => result.value?.costUsd);
  const isKnown = costs.every((usd) => usd !== undefined);
  const sum = costs.reduce<number>((total, usd) => total + Math.round((usd ?? 0) * 1e6), 0) / 1e6;
  return `${members.length} offers, side by side${isKnown ? `: ${money(sum)} together` : ""}`;
}

/** What tells the offers apart. */
function Facts({ job }: { job: JobView }) {
  const result = job.result.value;
  if (!result) return null;
  const { submittedAt, endedAt } = job.handle.value;
  const facts: [string, string | undefined][] = [
    ["Cost", result.costUsd === undefined ? undefined : money(result.costUsd)],
    ["Took", submittedAt !== undefined && endedAt !== undefined ? span(endedAt - submittedAt) : undefined],
    ["Seed", result.videos[0]?.seed?.toString()],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => value !== undefined && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
