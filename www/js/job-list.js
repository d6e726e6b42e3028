// The list of jobs: what the store of the shown place holds, newest first. Jobs that have not ended
// go on by themselves, here and after a reload.

import { createCard } from "./job-card.js";
import { byId } from "./dom.js";
import { providerName } from "./format.js";
import { PLACE_NAMES } from "./environments.js";
import { noteOf, noting } from "./prompt-notes.js";

// A submit that takes longer is shown before it is answered.
const SLOW_MS = 700;

/** `onRemix(id, model)` is called when the user wants to work from a video. */
export function createFilms({ onRemix }) {
  const list = byId("films");
  const cards = new Map();
  // The jobs that are followed here, by card.
  const following = new Map();
  let shown;
  // A cancel is carried out by the tab that asks for the job, which need not be this one.
  const otherTabs = new BroadcastChannel("filmgate.cancel");
  // Jobs that were cancelled there before they were shown here.
  const cancelledEarly = new Set();
  otherTabs.addEventListener("message", ({ data: id }) => {
    if (cards.has(id)) cancel(id);
    else cancelledEarly.add(id);
  });
  setInterval(() => {
    for (const card of cards.values()) card.tick();
  }, 1000);

  // What came of it the job's own card tells.
  const cancel = (id) => following.get(id)?.cancel().catch(() => {});
  const cardId = (place, handle) => `${place} ${handle.id}`;
  const showEmpty = () => (byId("films-empty").hidden = list.childElementCount > 0);

  const follow = async (id, card, status, start) => {
    try {
      const job = start();
      following.set(id, job);
      card.follow(job, status);
      if (cancelledEarly.delete(id)) cancel(id);
      for await (const update of job) card.update(update);
      card.complete(await job.result(), true);
    } catch (error) {
      card.fail(error, true);
    } finally {
      following.delete(id);
    }
  };

  const makeCard = (open, handle) => {
    const id = cardId(open.place, handle);
    const modelName = open.client.models().find((model) => model.id === handle.model)?.name;
    const card = createCard(handle, {
      title: noteOf(handle.id) ?? "A film without a note",
      modelName: modelName ?? handle.model,
      open,
      actions: {
        remix: (videoId) => onRemix(videoId, handle.model),
        // The shown client is this place's newest, with the keys as they are now.
        resume: (jobId) =>
          follow(id, card, "reconciling", () => shown.client.resume(handle, { jobId })),
        cancel: (job) => {
          if (!open.shared) otherTabs.postMessage(id);
          return job.cancel();
        },
        forget: async () => {
          await open.client.deleteJob(handle);
          card.close();
          card.node.remove();
          cards.delete(id);
          showEmpty();
          byId("films-title").focus();
        },
      },
    });
    cards.set(id, card);
    return card;
  };

  /** The card of a stored job, as its state has it; a job that has not ended goes on. */
  const restore = (open, stored) => {
    const id = cardId(open.place, stored.handle);
    const card = cards.get(id) ?? makeCard(open, stored.handle);
    if (following.has(id) || card.node.dataset.state === "completed") return card;
    const isOld = (video) => open.keeps?.(video) && hasRunOut(video);
    const isStale = stored.outcome?.videos.some(isOld) && !open.lacksKey();
    if (stored.outcome && !isStale) card.complete(stored.outcome, false);
    else if (stored.error) card.fail({ ...stored.error, handle: stored.handle }, false);
    else if (open.lacksKey(stored.handle.provider)) card.fail(keyMissing(stored.handle, open), false);
    else follow(id, card, stored.status, () => open.client.resume(stored.handle));
    return card;
  };

  /** Shows the jobs of a place. */
  const show = async (open) => {
    shown = open;
    byId("films-place").textContent = PLACE_NAMES[open.place];
    const jobs = await open.client.jobs();
    if (shown !== open) return;
    dropOthers(open.place, jobs);
    arrange(jobs.map((job) => restore(open, job).node));
    showEmpty();
  };

  /** Lets go of what was forgotten in another tab. */
  const dropOthers = (place, jobs) => {
    const known = new Set(jobs.map(({ handle }) => cardId(place, handle)));
    for (const [id, card] of cards) {
      if (!id.startsWith(`${place} `) || known.has(id)) continue;
      card.close();
      cards.delete(id);
    }
  };

  /** Puts these into the list. What is there stays where it is: a video that is moved stops. */
  const arrange = (nodes) => {
    for (const node of [...list.children]) if (!nodes.includes(node)) node.remove();
    for (const [at, node] of nodes.entries()) {
      if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null);
    }
  };

  return {
    show,
    /** Shows the same place once more: another tab may have begun a job, or forgotten one. */
    async refresh() {
      if (shown) await show(shown);
    },
    /** Follows a submit to its answer, which may be long in coming: its job is in the store by then. */
    async watch(open, prompt, submit) {
      const showIt = () => (shown.place === open.place ? show(shown) : undefined);
      const slow = setTimeout(showIt, SLOW_MS);
      try {
        await noting(prompt, submit);
      } finally {
        clearTimeout(slow);
        await showIt();
      }
      list.firstElementChild?.scrollIntoView({ block: "nearest" });
    },
  };
}

/** A job that cannot be asked about until the user gives the key again. */
const keyMissing = (handle, { place }) => ({
  code: "missing_api_key",
  message:
    place === "gateway"
      ? "Waiting for the gateway's token"
      : `Waiting for the key of ${providerName(handle.provider)}`,
  handle,
});

const hasRunOut = ({ expiresAt = Infinity }) => expiresAt < Date.now();
