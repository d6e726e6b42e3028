// The video strip: a poster of each job, newest first.

import { jobs, selectedId, storeFailure } from "../state/jobs.js";
import { environment, ENVIRONMENT_NAMES } from "../state/environment.js";
import { isGalleryOpen } from "../state/ui.js";
import { VideoCard } from "./video-card.js";

// More are in the gallery.
const MAX_VIDEOS = 24;

export function VideoStrip() {
  const list = jobs.value;
  return (
    <section class="videos" aria-labelledby="jobs-title">
      <div class="videos-head">
        <h2 id="jobs-title" tabIndex={-1}>Videos</h2>
        <p class="hint" id="jobs-environment">{list && environment.value ? ENVIRONMENT_NAMES[environment.value.id] : ""}</p>
        {list !== undefined && list.length > 1 && (
          <button type="button" class="quiet small" onClick={() => (isGalleryOpen.value = true)}>{`All (${list.length})`}</button>
        )}
        {selectedId.value !== undefined && (
          <button type="button" class="quiet small" onClick={() => (selectedId.value = undefined)}>Examples</button>
        )}
      </div>
      {storeFailure.value && <p class="notice">{storeFailure}</p>}
      {list?.length === 0 && <p class="hint" id="jobs-empty">No videos yet. They stay here after a reload.</p>}
      <ul class="strip" id="jobs">
        {list?.slice(0, MAX_VIDEOS).map((job) => <VideoCard key={job.id} job={job} />)}
      </ul>
    </section>
  );
}
