// One job in the list: what it is, how far it has come, and what came of it.

import { adviceFor, cancellationWords, chargeWords, statusWords } from "./messages.js";
import { announce, copyButton, el } from "./dom.js";
import { clock, money, moneyRange, providerName, span } from "./format.js";
import { createPlayer, videoName } from "./player.js";

/**
 * Makes the card of a job. `actions`: `cancel(job)`, `resume(jobId?)`, `forget()`, `remix(id)`. `fresh`
 * below means that the user is waiting for it: it is said aloud, and videos are fetched at once.
 */
export function createCard(handle, { title, modelName, open, actions }) {
  const state = el("p", { class: "state" });
  const end = el("p", { class: "hint" });
  const bar = el("progress", { max: 1, "aria-label": "Progress" });
  const body = el("div", { class: "body" });
  const buttons = el("div", { class: "actions" });
  const heading = el("h3", { id: `film-${handle.id}` }, title);
  const meta = el("p", { class: "meta" }, metaWords(handle, modelName));
  const node = el(
    "article",
    { class: "film", "aria-labelledby": heading.id, "data-key": handle.id },
    heading,
    meta,
    state,
    bar,
    end,
    body,
    buttons,
  );
  let expectedAt;
  let lastStatus;
  let players = [];

  const tell = (words) => {
    state.textContent = words;
    announce(`${providerName(handle.provider)}: ${words}`);
  };
  const closePlayers = () => {
    for (const player of players) player.close();
    players = [];
  };
  const settle = (kind) => {
    node.dataset.state = kind;
    expectedAt = undefined;
    end.textContent = "";
    bar.hidden = true;
    closePlayers();
    body.replaceChildren();
    buttons.replaceChildren();
  };
  const button = (label, onclick, kind = "small") =>
    buttons.append(el("button", { type: "button", class: kind, onclick }, label));
  const endingButtons = (shown) => {
    buttons.append(copyButton("Copy the handle", () => JSON.stringify(shown)));
    button("Forget", actions.forget, "small quiet");
  };

  const tick = (now = Date.now()) => {
    if (expectedAt !== undefined) {
      const left = expectedAt - now;
      end.textContent =
        left > 0 ? `Expected at ${clock(expectedAt)}, in ${span(left)}.` : "Expected any moment.";
    }
    for (const player of players) player.tick(now);
  };

  return {
    node,
    tick,
    /** The job is on its way, with the status known so far. */
    follow(job, status) {
      settle("running");
      bar.hidden = false;
      bar.removeAttribute("value");
      state.textContent = statusWords(status);
      button("Cancel", async ({ currentTarget }) => {
        currentTarget.disabled = true;
        const words = await cancellation(actions.cancel(job), handle);
        // The job may have ended meanwhile, and says so itself.
        if (node.dataset.state !== "running") return;
        body.replaceChildren(el("p", { class: "notice" }, words));
        announce(words);
      });
      buttons.append(copyButton("Copy the handle", () => JSON.stringify(job.handle)));
    },
    /** A step of the job. */
    update({ status, progress, etaMs, ready }) {
      const percent = progress === undefined ? "" : `, ${Math.round(progress * 100)} %`;
      const videos = ready > 0 ? `, ${ready} of ${handle.n} ready` : "";
      if (status === lastStatus) state.textContent = `${statusWords(status)}${percent}${videos}`;
      else tell(`${statusWords(status)}${percent}${videos}`);
      lastStatus = status;
      if (progress === undefined) bar.removeAttribute("value");
      else bar.value = progress;
      expectedAt = etaMs === undefined ? undefined : Date.now() + etaMs;
      if (expectedAt === undefined) end.textContent = "";
      tick();
    },
    /** The job has made its videos. */
    complete(outcome, fresh) {
      settle("completed");
      // A gateway may have found another provider cheaper.
      meta.textContent = metaWords(outcome.handle, modelName);
      const words = `Completed. ${costWords(outcome)}`;
      if (fresh) tell(words);
      else state.textContent = words;
      players = outcome.videos.map((video, index) =>
        createPlayer(video, {
          open,
          name: videoName(video, handle.id, index),
          title: `${title}, video ${index + 1}`,
          autoplay: fresh && index === 0,
          isOneOfMany: outcome.videos.length > 1,
          onRemix: actions.remix,
        }),
      );
      const show = () => {
        body.append(...players.map((player) => player.node));
        for (const player of players) player.load();
      };
      body.append(
        ...outcome.errors.map(({ message }) => el("p", { class: "notice error" }, message)),
      );
      if (fresh) show();
      else showLater(buttons, players.length, show);
      endingButtons(outcome.handle);
    },
    /** The job has ended without a video, or can be followed no further for now. */
    fail(error, fresh) {
      settle("failed");
      const advice = adviceFor(error.code);
      const words = error.code === "cancelled" ? statusWords("cancelled") : error.message;
      if (fresh) tell(words);
      else state.textContent = words;
      const charge = chargeWords(error.charge, handle.provider);
      body.append(el("p", { class: "notice" }, `${charge} ${advice.text}`));
      if (advice.resume) button("Go on with it", () => actions.resume());
      if (error.code === "submission_unknown") {
        // A gateway hears of it by itself, or from its admin.
        if (handle.gateway) button("Ask again", () => actions.resume());
        else body.append(jobIdForm(handle, actions.resume));
      }
      endingButtons(error.handle ?? handle);
    },
    close: closePlayers,
  };
}

function showLater(buttons, count, show) {
  const onclick = ({ currentTarget }) => {
    currentTarget.remove();
    show();
  };
  const label = count === 1 ? "Show the video" : `Show the ${count} videos`;
  buttons.append(el("button", { type: "button", class: "small", onclick }, label));
}

/** What a cancel came to, in words; where the asking itself failed, that too. */
async function cancellation(cancelling, handle) {
  try {
    return cancellationWords(await cancelling, handle.provider);
  } catch (error) {
    return `Could not be cancelled: ${error.message}`;
  }
}

/** For a submit whose answer was lost: the provider's console may show the job's id. */
function jobIdForm(handle, resume) {
  const id = `job-id-${handle.id}`;
  const input = el("input", { id, required: true, spellcheck: "false" });
  const onsubmit = (event) => {
    event.preventDefault();
    resume(input.value.trim());
  };
  return el(
    "form",
    { class: "job-id", onsubmit },
    el("label", { for: id }, `Job id from ${providerName(handle.provider)}'s console`),
    input,
    el("button", { class: "small" }, "Go on with it"),
  );
}

function metaWords({ provider, createdAt, quote, n }, modelName) {
  const quoted = quote && `quoted ${moneyRange(quote.min / 1e6, quote.max / 1e6)}`;
  const count = n > 1 ? `${n} videos` : undefined;
  return [providerName(provider), modelName, clock(createdAt), count, quoted]
    .filter(Boolean)
    .join(" · ");
}

/** The cost against the quote. */
function costWords({ costUsd, quoteDeltaUsd }) {
  if (costUsd === undefined) return "The provider does not tell the cost.";
  const cost = `Cost ${money(costUsd)}`;
  if (quoteDeltaUsd === undefined) return `${cost}.`;
  if (quoteDeltaUsd === 0) return `${cost}, as quoted.`;
  const difference = money(Math.abs(quoteDeltaUsd));
  return quoteDeltaUsd > 0
    ? `${cost}, ${difference} more than quoted.`
    : `${cost}, ${difference} less than quoted.`;
}
