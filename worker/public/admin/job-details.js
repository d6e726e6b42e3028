// One job: its video, all that is known of it, and what the admin can do with it.
import { request } from "./api.js";
import { field, openDialog, openForm, usdInput } from "./dialogs.js";
import { badge, button, copyableId, el, microDollars, moment, providerName, withBusy } from "./parts.js";

const PENDING = {
  submission_unknown: "it is unknown whether the provider accepted the job",
  charge_unknown: "the provider does not say what it cost",
};

const WAITING = {
  provider_unreachable: (provider) => `Waits: ${providerName(provider)} does not answer.`,
  submission_unknown: () => "The response to the submit was lost. The job is looked for.",
};

export const reasonWords = (reason) => PENDING[reason] ?? String(reason ?? "unknown").replaceAll("_", " ");

const changed = () => dispatchEvent(new Event("changed"));
const billingOf = ({ billing, filmgate }) => billing ?? filmgate?.billing;
const isRunning = ({ status }) => status === "queued" || status === "in_progress";

export function statusOf({ status, progress, error, filmgate }) {
  const words = status === "in_progress" ? `in progress ${progress} %` : status;
  const { reason, provider } = filmgate?.waiting ?? {};
  return [
    badge(status, words),
    reason && el("p", { class: "hint" }, WAITING[reason]?.(provider) ?? reason),
    error && el("p", { class: "error" }, error.message),
  ];
}

export function costOf(video) {
  const { kind, microUsd, isEstimate } = billingOf(video) ?? {};
  if (kind === "charged") return `${microDollars(microUsd)}${isEstimate ? " (estimate)" : ""}`;
  if (kind === "not_charged") return `not charged${isEstimate ? " (estimate)" : ""}`;
  return kind === "pending" ? badge("pending", "charge unknown") : "";
}

export function actionsOf(video) {
  const { id } = video;
  const of = (words) => ({ "aria-label": `${words} the job ${id.slice(-6)}` });
  return [
    isRunning(video) && button("Cancel", async () => cancelJob(video), of("Cancel")),
    billingOf(video)?.kind === "pending" && button("Reconcile", () => reconcileJob(video), of("Reconcile")),
    !isRunning(video) && button("Delete", async () => deleteJob(video), of("Delete")),
  ];
}

let opened;

/** Opens a job; it follows the job until it is closed. */
export function openJob(video, { account, key }) {
  const facts = el("dl", { class: "details" });
  const screen = el("div", { class: "screen" });
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const actions = el("div", { class: "actions" });
  const dialog = openDialog(`Job ${video.id.slice(-6)}`, { isWide: true }, screen, failure, facts, actions);
  const close = button("Close", async () => dialog.close());
  let isPlaying = false;
  const show = (latest) => {
    facts.replaceChildren(...factsOf(latest, account, key));
    const others = actionsOf(latest);
    actions.replaceChildren(...others.filter(Boolean), close);
    if (latest.status !== "completed" || isPlaying) return;
    isPlaying = true;
    void withBusy(close, () => play(latest.id, screen), failure);
  };
  opened = { id: video.id, show };
  dialog.addEventListener("close", () => (opened = undefined));
  show(video);
  close.focus();
}

/** Tells an open job of its change. */
export function reportJob(video) {
  if (opened?.id === video.id && video.status) opened.show(video);
}

/** The list has no signed URLs: they are asked for where a video is played. */
async function play(id, screen) {
  const { filmgate } = await request("GET", `/videos/${id}`);
  const videos = filmgate?.outcome?.videos ?? [];
  screen.replaceChildren(...videos.flatMap(({ url }) => screenOf(url)));
}

function screenOf(address) {
  const url = new URL(address, location.origin);
  // The signature covers the path alone: this page may have another origin than the API.
  if (url.pathname.startsWith("/v1/videos/")) {
    const src = url.pathname + url.search;
    return [
      el("video", { src, controls: true, autoplay: true, muted: true, loop: true, playsinline: true }),
      el("a", { class: "button", href: src, download: "" }, "Download"),
    ];
  }
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return el(
    "p",
    { class: "hint" },
    "The gateway has not archived this video. ",
    isWeb && el("a", { href: url.href, rel: "noreferrer noopener", target: "_blank" }, "Open it at the provider"),
  );
}

function factsOf(video, account, key) {
  const { id, model, status, created_at, completed_at, seconds, size, prompt, user, filmgate } = video;
  const { handle, billing = billingOf(video), warnings = [] } = filmgate ?? {};
  const rows = [
    ["Id", copyableId(id, "the job")],
    ["Status", statusOf(video)],
    ["Cost", billing?.kind === "pending" ? `unknown: ${reasonWords(billing.reason)}` : costOf(video)],
    ["Account", account],
    ["API key", key],
    ["User", user],
    ["Model", model],
    ["Provider", handle && `${providerName(handle.provider)}, ${handle.providerModelId}`],
    ["Provider's id", providerJobId(handle) && copyableId(providerJobId(handle), "the provider's job")],
    ["Created", moment(created_at * 1000)],
    ["Completed", completed_at && moment(completed_at * 1000)],
    ["Video", status === "completed" && [seconds && `${seconds} s`, size].filter(Boolean).join(", ")],
    ["Prompt", prompt && el("span", { class: "whole" }, prompt)],
    ["Warnings", warnings.length > 0 && warnings.map(({ message }) => el("p", {}, message))],
  ];
  return rows.filter(([, value]) => value).map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)));
}

function cancelJob({ id }) {
  openForm("Cancel this job?", {
    fields: [el("p", {}, `The provider is asked to stop ${id.slice(-6)}. It may be charged all the same.`)],
    label: "Cancel the job",
    isDangerous: true,
    send: async () => {
      await request("POST", `/videos/${id}/cancel`, {});
      return changed;
    },
  });
}

function deleteJob({ id }) {
  openForm("Delete this job?", {
    fields: [el("p", {}, `The job ${id.slice(-6)}, its prompt and its videos are deleted, and cannot be restored. Its cost stays in the ledger.`)],
    label: "Delete the job",
    isDangerous: true,
    send: async () => {
      await request("DELETE", `/videos/${id}`);
      document.querySelector("dialog.wide")?.close();
      return changed;
    },
  });
}

/** What the provider's bill calls the job. RunPod chooses it when it accepts the job; at Runware it is the job's own. */
const providerJobId = ({ provider, id, jobId } = {}) => jobId ?? (provider === "runware" ? id : undefined);

/** Records what one job cost. */
export async function reconcileJob({ id, accountId }) {
  // A deleted job is still in its account's ledger.
  const { filmgate } = await request("GET", `/videos/${id}`).catch(() => ({}));
  const billed = providerJobId(filmgate?.handle);
  const cost = usdInput("costUsd");
  cost.placeholder = "not charged";
  openForm("Reconcile a job", {
    fields: [
      el("p", {}, copyableId(id, "the job")),
      billed && el("p", {}, `At ${providerName(filmgate.handle.provider)}: `, copyableId(billed, "the provider's job")),
      field("Cost on the provider's bill", cost),
    ],
    hint: "Empty: it was not charged. A recorded charge is final.",
    label: "Record",
    send: async () => {
      const costUsd = cost.value.trim() || null;
      await request("POST", `/videos/${id}/reconcile`, { costUsd, accountId });
      return changed;
    },
  });
}
