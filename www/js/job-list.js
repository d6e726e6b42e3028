// The list of jobs: what the store of the shown environment holds, newest first. Pending jobs resume
// by themselves after a reload.

import { createCard } from "./job-card.js";
import { byId } from "./dom.js";
import { providerName } from "./format.js";
import { ENVIRONMENT_NAMES } from "./environments.js";
import { notePrompt, promptNote } from "./prompt-notes.js";
import { randomUUID } from "../vendor/filmgate/util/uuid.js";

/** `onRemix(id, model)` is called when the user wants to remix a video. */
export function createJobList({ onRemix }) {
  const list = byId("jobs");
  const cards = new Map();
  // The jobs tracked by this tab, by card id.
  const tracked = new Map();
  let shown;
  // A cancel is sent by the tab that polls the job, which may be another one.
  const otherTabs = new BroadcastChannel("filmgate.cancel");
  // Jobs that another tab cancelled before they were shown here.
  const cancelledEarly = new Set();
  otherTabs.addEventListener("message", ({ data: id }) => {
    if (cards.has(id)) cancel(id);
    else cancelledEarly.add(id);
  });
  setInterval(() => {
    for (const card of cards.values()) card.tick();
  }, 1000);

  // The job's own card shows the result.
  const cancel = (id) => tracked.get(id)?.cancel().catch(() => {});
  const cardId = (environment, handle) => `${environment.id} ${handle.id}`;
  const showEmpty = () => (byId("jobs-empty").hidden = list.childElementCount > 0);

  const track = async (id, card, status, start) => {
    let job;
    try {
      job = start();
      tracked.set(id, job);
      card.showRunning(job, status);
      if (cancelledEarly.delete(id)) cancel(id);
      for await (const update of job) card.update(update);
      card.complete(await job.result(), true);
    } catch (error) {
      card.fail(error, true);
    } finally {
      if (tracked.get(id) === job) tracked.delete(id);
    }
  };

  const makeCard = (environment, handle) => {
    const id = cardId(environment, handle);
    const modelName = environment.client.models().find((model) => model.id === handle.model)?.name;
    const card = createCard(handle, {
      title: promptNote(handle.id) ?? "Untitled video",
      modelName: modelName ?? handle.model,
      environment,
      actions: {
        remix: (videoId) => onRemix(videoId, handle.model),
        // The shown client is the newest of this environment, with the current keys.
        resume: (jobId) =>
          track(id, card, "reconciling", () => shown.client.resume(handle, { jobId })),
        cancel: (job) => {
          if (!environment.isShared) otherTabs.postMessage(id);
          return job.cancel();
        },
        delete: async () => {
          await environment.client.deleteJob(handle);
          card.close();
          card.node.remove();
          cards.delete(id);
          showEmpty();
          byId("jobs-title").focus();
        },
      },
    });
    card.listing = listingOf(handle);
    cards.set(id, card);
    return card;
  };

  /** The card of a stored job, in its stored state; a pending job is resumed. */
  const restore = (environment, stored) => {
    const id = cardId(environment, stored.handle);
    let card = cards.get(id);
    // The first provider has rejected it, and it is now submitted at the next.
    if (card && card.listing !== listingOf(stored.handle) && !stored.handle.gateway) {
      card.close();
      tracked.delete(id);
      card = undefined;
    }
    card ??= makeCard(environment, stored.handle);
    if (tracked.has(id) || card.node.dataset.state === "completed") return card;
    const isOld = (video) => environment.archives?.(video) && hasExpired(video);
    const isStale = stored.outcome?.videos.some(isOld) && !environment.lacksKey();
    if (stored.outcome && !isStale) card.complete(stored.outcome, false);
    else if (stored.error) card.fail({ ...stored.error, handle: stored.handle }, false);
    else if (environment.lacksKey(stored.handle.provider)) {
      card.fail(missingKeyError(stored.handle, environment), false);
    } else track(id, card, stored.status, () => environment.client.resume(stored.handle));
    return card;
  };

  /** Shows the jobs of an environment. */
  const show = async (environment) => {
    shown = environment;
    byId("jobs-environment").textContent = ENVIRONMENT_NAMES[environment.id];
    const jobs = await environment.client.jobs();
    if (shown !== environment) return;
    removeDeleted(environment, jobs);
    arrange(jobs.map((job) => restore(environment, job).node));
    showEmpty();
  };

  /** Removes the cards of jobs that another tab deleted. */
  const removeDeleted = (environment, jobs) => {
    const known = new Set(jobs.map(({ handle }) => cardId(environment, handle)));
    for (const [id, card] of cards) {
      if (!id.startsWith(`${environment.id} `) || known.has(id)) continue;
      card.close();
      cards.delete(id);
    }
  };

  /** Puts these nodes into the list. Nodes already in order are not moved: moving a video stops it. */
  const arrange = (nodes) => {
    for (const node of [...list.children]) if (!nodes.includes(node)) node.remove();
    for (const [index, node] of nodes.entries()) {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    }
  };

  return {
    show,
    /** Shows the same environment again: another tab may have created or deleted a job. */
    async refresh() {
      if (shown) await show(shown);
    },
    /**
     * Submits. Resolves once the job is stored and shown, which is before anything is sent, with `submitted`, the rest
     * of the submit. Rejects if there is no job.
     */
    async submit(environment, request, options) {
      const idempotencyKey = randomUUID();
      // Runware's job has the request's own id, if there is one.
      const ids = [idempotencyKey, request.taskUUID?.toLowerCase()];
      const note = notePrompt(ids, request.prompt ?? "");
      const submitting = environment.client.submit(request, { ...options, idempotencyKey });
      const showJobs = () => (shown.id === environment.id ? show(shown) : undefined);
      const submitted = submitting.finally(() => (note.end(), showJobs()));
      submitted.catch(() => {}); // The caller may not wait for it.
      await Promise.race([note.stored, submitted]);
      await showJobs();
      list.firstElementChild?.scrollIntoView({ block: "nearest" });
      return { submitted };
    },
  };
}

/** A job that cannot be polled until the user enters the key again. */
const missingKeyError = (handle, { id }) => ({
  code: "missing_api_key",
  message:
    id === "gateway"
      ? "Waiting for the gateway's API key"
      : `Waiting for the ${providerName(handle.provider)} API key`,
  handle,
});

const listingOf = ({ provider, providerModelId }) => `${provider}:${providerModelId}`;

const hasExpired = ({ expiresAt = Infinity }) => expiresAt < Date.now();
