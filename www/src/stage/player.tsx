// One video of a completed job: its poster until it is asked for, then the player.

import { Icon } from "../shell/parts.js";
import type { JobView } from "../state/job.js";
import { takePoster } from "../state/posters.js";
import { now, prefersReducedMotion } from "../state/ui.js";
import type { VideoView } from "../state/video.js";
import { clock, money, span } from "../text/format.js";
import { posterUrl } from "./poster-url.js";

export function Player({ job, view }: { job: JobView; view: VideoView }) {
  const isMany = job.videos.value.length > 1;
  const source = view.source.value;
  return (
    <div class="video">
      {source ? <Screen job={job} view={view} source={source} /> : <Poster job={job} view={view} isMany={isMany} />}
      <p class="video-note hint">
        {[metadataText(view, isMany), view.note.value, expiryText(job, view)].filter(Boolean).map((text) => <span key={text}>{text}</span>)}
      </p>
    </div>
  );
}

function Screen({ job, view, source }: { job: JobView; view: VideoView; source: string }) {
  const onLoadedData = ({ currentTarget: node }: { currentTarget: HTMLVideoElement }) => {
    if (!view.autoplay || prefersReducedMotion()) return;
    node.muted = true;
    node.play().catch(() => {}); // The browser may block autoplay; the controls remain.
  };
  // The first moment that shows something.
  const onTimeUpdate = ({ currentTarget: node }: { currentTarget: HTMLVideoElement }) => {
    if (view.index === 0 && node.currentTime > 0) void takePoster(job.id, node);
  };
  return (
    <video
      src={source}
      poster={view.poster ?? posterUrl(job.title)}
      controls
      loop
      playsInline
      preload="auto"
      aria-label={`${job.title}, video ${view.index + 1}`}
      onLoadedData={onLoadedData}
      onTimeUpdate={onTimeUpdate}
      onError={() => view.onPlayerError()}
    />
  );
}

/** Before the video is there: on its way, failed, or not asked for yet. */
function Poster({ job, view, isMany }: { job: JobView; view: VideoView; isMany: boolean }) {
  const picture = view.poster ?? posterUrl(job.title);
  return (
    <div class="poster">
      <img src={picture} alt="" />
      {view.hasFailed.value ? <RetryDownload view={view} /> : view.isLoaded ? <span class="spinner" aria-hidden="true" /> : <ShowButton job={job} isMany={isMany} view={view} />}
    </div>
  );
}

function RetryDownload({ view }: { view: VideoView }) {
  if (!view.canRetry.value) return null;
  return <button type="button" onClick={() => view.retry()}>Try again</button>;
}

function ShowButton({ job, isMany, view }: { job: JobView; isMany: boolean; view: VideoView }) {
  if (view.index > 0) return null;
  const count = job.videos.value.length;
  return (
    <button type="button" class="play" onClick={() => job.loadVideos()}>
      <Icon name="play" />
      {isMany ? `Show the ${count} videos` : "Show the video"}
    </button>
  );
}

/** A video's own cost is shown only if the job has several. */
function metadataText({ video: { costUsd, seed, nsfw } }: VideoView, isMany: boolean): string {
  const texts = [
    costUsd === undefined || !isMany ? undefined : `Cost ${money(costUsd)}`,
    seed === undefined ? undefined : `Seed ${seed}`,
    nsfw ? "Flagged by the provider as not safe for work" : undefined,
  ];
  return texts.filter(Boolean).join(" · ");
}

function expiryText({ environment }: JobView, { video }: VideoView): string {
  if (environment.archives?.(video)) return "The gateway stores it until it is deleted there.";
  if (video.expiresAt === undefined) return "The provider does not document how long it stores the video.";
  const left = video.expiresAt - now.value;
  return left > 0
    ? `The provider stores it for ${span(left)} more, until ${clock(video.expiresAt)}.`
    : "The provider no longer stores it.";
}
