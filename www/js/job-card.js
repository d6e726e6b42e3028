// The card of one job: its title, progress and result.

import { announce, copyButton, el } from "./dom.js";
import { clock, money, moneyRange, providerName, span } from "./format.js";
import {
  cancelLaterText,
  cancelText,
  describeError,
  silenceText,
  statusText,
} from "./messages.js";
import { createPlayer, videoName } from "./player.js";

/** Statuses in which the provider has not accepted the job. */
const UNANSWERED = new Set(["submitting", "reconciling"]);
const MAX_SILENCE_MS = 5_000;

/**
 * Creates the card of a job. `actions`: `cancel(job)`, `resume(jobId?)`, `delete()`, `remix(id)`. Below,
 * `isNew` means that the job ended just now: that is announced, and videos load at once.
 */
export function createCard(handle, { title, modelName, environment, actions }) {
  const state = el("p", { class: "state" });
  const end = el("p", { class: "hint" });
  const bar = el("progress", { max: 1, "aria-label": "Progress" });
  const body = el("div", { class: "body" });
  const buttons = el("div", { class: "actions" });
  const silence = el("p", { class: "notice" });
  const heading = el("h3", { id: `job-${handle.id}` }, title);
  const meta = el("p", { class: "meta" }, metaText(handle, modelName));
  const node = el(
    "article",
    { class: "job", "aria-labelledby": heading.id, "data-job-id": handle.id },
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
  // Since when the provider has not answered the submit.
  let unansweredSince;
  let players = [];

  const announceState = (text) => {
    state.textContent = text;
    announce(`${providerName(handle.provider)}: ${text}`);
  };
  const closePlayers = () => {
    for (const player of players) player.close();
    players = [];
  };
  const reset = (kind) => {
    node.dataset.state = kind;
    expectedAt = undefined;
    unansweredSince = undefined;
    lastStatus = undefined;
    end.textContent = "";
    bar.hidden = true;
    closePlayers();
    body.replaceChildren();
    buttons.replaceChildren();
  };
  const button = (label, onclick, kind = "small") =>
    buttons.append(el("button", { type: "button", class: kind, onclick }, label));
  const addEndButtons = (current) => {
    buttons.append(copyButton("Copy handle", () => JSON.stringify(current)));
    button("Delete", actions.delete, "small quiet");
  };

  /** A submit that nothing answers says so after a while: a browser does not tell why. */
  const watchAnswer = (status, error) => {
    if (!UNANSWERED.has(status)) unansweredSince = undefined;
    else unansweredSince ??= Date.now();
    const isSilent = error?.code === "connection_error" && unansweredSince !== undefined;
    if (isSilent) unansweredSince = -Infinity;
    if (unansweredSince === undefined) silence.remove();
  };
  const tick = (now = Date.now()) => {
    if (now - unansweredSince > MAX_SILENCE_MS && !silence.isConnected) {
      silence.textContent = silenceText(handle);
      body.prepend(silence);
      announce(silence.textContent);
    }
    if (expectedAt !== undefined) {
      const left = expectedAt - now;
      end.textContent =
        left > 0 ? `Expected at ${clock(expectedAt)}, in ${span(left)}.` : "Expected any moment now.";
    }
    for (const player of players) player.tick(now);
  };

  return {
    node,
    tick,
    /** The job is pending, with its last known status. */
    showRunning(job, status) {
      reset("running");
      bar.hidden = false;
      bar.removeAttribute("value");
      state.textContent = statusText(status);
      watchAnswer(status);
      button("Cancel", async ({ currentTarget }) => {
        currentTarget.disabled = true;
        const notice = el("p", { class: "notice" });
        const say = (text) => {
          notice.textContent = text;
          // The job may have ended meanwhile, and its end is already shown.
          if (node.dataset.state !== "running") return;
          body.replaceChildren(...(silence.isConnected ? [silence] : []), notice);
          announce(text);
        };
        const cancelling = cancelResult(actions.cancel(job), handle, environment);
        if (unansweredSince !== undefined) say(cancelLaterText(handle));
        say(await cancelling);
      });
      buttons.append(copyButton("Copy handle", () => JSON.stringify(job.handle)));
    },
    /** An update of the job. */
    update({ status, progress, etaMs, completedCount, error }) {
      watchAnswer(status, error);
      const percent = progress === undefined ? "" : `, ${Math.round(progress * 100)} %`;
      const videos = completedCount > 0 ? `, ${completedCount} of ${handle.n} completed` : "";
      if (status === lastStatus) state.textContent = `${statusText(status)}${percent}${videos}`;
      else announceState(`${statusText(status)}${percent}${videos}`);
      lastStatus = status;
      if (progress === undefined) bar.removeAttribute("value");
      else bar.value = progress;
      expectedAt = etaMs === undefined ? undefined : Date.now() + etaMs;
      if (expectedAt === undefined) end.textContent = "";
      tick();
    },
    /** The job has completed. */
    complete(result, isNew) {
      reset("completed");
      // A gateway may have chosen another provider.
      meta.textContent = metaText(result.handle, modelName);
      const text = `Completed. ${costText(result)}`;
      if (isNew) announceState(text);
      else state.textContent = text;
      players = result.videos.map((video, index) =>
        createPlayer(video, {
          environment,
          name: videoName(video, handle.id, index),
          title: `${title}, video ${index + 1}`,
          autoplay: isNew && index === 0,
          isOneOfMany: result.videos.length > 1,
          onRemix: actions.remix,
        }),
      );
      const show = () => {
        body.append(...players.map((player) => player.node));
        for (const player of players) player.load();
      };
      body.append(
        ...result.errors.map(({ message }) => el("p", { class: "notice error" }, message)),
      );
      if (isNew) show();
      else showLater(buttons, players.length, show);
      addEndButtons(result.handle);
    },
    /** The job has ended without a video, or cannot be tracked for now. */
    fail(error, isNew) {
      reset("failed");
      const { message, charge, advice } = describeError(error, handle.provider, environment);
      const text = error.code === "cancelled" ? statusText("cancelled") : message;
      if (isNew) announceState(text);
      else state.textContent = text;
      body.append(el("p", { class: "notice" }, `${charge} ${advice.text}`));
      if (advice.resume) button("Resume", () => actions.resume());
      if (error.code === "submission_unknown") {
        // A gateway reconciles it by itself, or its admin does.
        if (handle.gateway) button("Check again", () => actions.resume());
        else body.append(jobIdForm(handle, environment, actions.resume));
      }
      addEndButtons(error.handle ?? handle);
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

/** The result of a cancel as text, also if the request itself failed. */
async function cancelResult(cancelling, handle, environment) {
  try {
    return cancelText(await cancelling, handle.provider, environment);
  } catch (error) {
    return `Cancelling failed: ${error.message}`;
  }
}

/** For a submit whose response was lost: the provider's console may show the job id. */
function jobIdForm(handle, { isSimulated }, resume) {
  const id = `job-id-${handle.id}`;
  const place = isSimulated ? "simulator's ledger" : `${providerName(handle.provider)} console`;
  const input = el("input", { id, required: true, spellcheck: "false" });
  const onsubmit = (event) => {
    event.preventDefault();
    resume(input.value.trim());
  };
  return el(
    "form",
    { class: "job-id", onsubmit },
    el("label", { for: id }, `Job id from the ${place}`),
    input,
    el("button", { class: "small" }, "Resume"),
  );
}

function metaText({ provider, createdAt, quote, n }, modelName) {
  const quoted = quote && `quoted ${moneyRange(quote.min / 1e6, quote.max / 1e6)}`;
  const count = n > 1 ? `${n} videos` : undefined;
  return [providerName(provider), modelName, clock(createdAt), count, quoted]
    .filter(Boolean)
    .join(" · ");
}

/** The cost, compared with the quote. */
function costText({ costUsd, quoteDeltaUsd }) {
  if (costUsd === undefined) return "The provider does not report the cost.";
  const cost = `Cost ${money(costUsd)}`;
  if (quoteDeltaUsd === undefined) return `${cost}.`;
  if (quoteDeltaUsd === 0) return `${cost}, as quoted.`;
  const difference = money(Math.abs(quoteDeltaUsd));
  return quoteDeltaUsd > 0
    ? `${cost}, ${difference} more than quoted.`
    : `${cost}, ${difference} less than quoted.`;
}
