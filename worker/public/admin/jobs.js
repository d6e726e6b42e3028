// Jobs that need attention, the jobs of an API key, and reconciling manually.
import { request } from "./api.js";
import {
  button,
  byId,
  dollars,
  el,
  microDollars,
  moment,
  openDialog,
  shortId,
  since,
  table,
  withBusy,
} from "./parts.js";

const REASONS = {
  stuck: "has not ended",
  submission_unknown: "the outcome of the submit is unknown",
  charge_unknown: "the cost is unknown",
};

/** `onChange` is called after a job was reconciled. */
export function showAttention(open, onChange) {
  const pending = open.filter(({ state }) => state !== "running");
  const running = open.length - pending.length;
  const columns = [
    { label: "Video", cell: ({ id }) => shortId(id) },
    { label: "API key", cell: ({ keyName }) => keyName },
    { label: "Model", cell: ({ model }) => model },
    { label: "Reserved", cell: ({ reservedUsd }) => dollars(reservedUsd), isNumber: true },
    { label: "For", cell: ({ reservedAt }) => since(reservedAt), isNumber: true },
    { label: "Reason", cell: ({ state, reason }) => [badge(state), " ", REASONS[reason ?? state] ?? String(reason)] },
    { label: "Actions", cell: (job) => reconcileButton(job.id, job.keyId, onChange) },
  ];
  const list = table("Jobs that need attention", columns, pending, "None.");
  const others = `${running} ${running === 1 ? "other is" : "others are"} running.`;
  byId("attention-list").replaceChildren(list, el("p", { class: "hint", hidden: !running }, others));
}

/** The newest jobs of an API key, and more of them on request. */
export async function showJobs(key, onChange) {
  const videos = [];
  const more = byId("more-jobs");
  let after = "";
  const load = async () => {
    const page = await request("GET", `/keys/${key.id}/videos?limit=50${after && `&after=${after}`}`);
    videos.push(...page.data);
    after = page.last_id;
    more.hidden = !page.has_more;
    byId("jobs-list").replaceChildren(
      table(`Jobs of ${key.name}`, jobColumns(key, onChange), videos, "No jobs yet."),
    );
  };
  byId("jobs-title").textContent = `Jobs of ${key.name}`;
  await load();
  more.onclick = () => withBusy(more, load);
  byId("jobs").hidden = false;
  byId("jobs-title").focus();
}

const jobColumns = (key, onChange) => [
  { label: "Video", cell: ({ id }) => shortId(id) },
  { label: "Created", cell: ({ created_at }) => moment(created_at * 1000) },
  { label: "Model", cell: ({ model }) => String(model) },
  { label: "Prompt", cell: ({ prompt }) => el("span", { class: "prompt" }, prompt ?? "") },
  { label: "Status", cell: statusOf },
  { label: "Cost", cell: costOf, isNumber: true },
  {
    label: "Actions",
    cell: ({ id, filmgate }) =>
      filmgate?.billing?.kind === "pending" ? reconcileButton(id, key.id, onChange) : [],
  },
];

function statusOf({ status, progress, error }) {
  const words = status === "in_progress" ? `${status} ${progress} %` : status;
  return [badge(status, words), ...(error ? [" ", el("span", { class: "error" }, error.message)] : [])];
}

function costOf({ filmgate }) {
  const { kind, microUsd, isEstimate } = filmgate?.billing ?? {};
  if (kind === "charged") return `${microDollars(microUsd)}${isEstimate ? " (estimated)" : ""}`;
  return { not_charged: "nothing", pending: "unknown" }[kind] ?? "";
}

const badge = (kind, words = kind) =>
  el("span", { class: "badge", "data-kind": kind }, words.replaceAll("_", " "));

const reconcileButton = (id, keyId, onChange) =>
  button("Reconcile…", async () => openReconcileDialog(id, keyId, onChange), {
    "aria-label": `Reconcile ${id.slice(-6)}…`,
  });

function openReconcileDialog(id, keyId, onChange) {
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const cost = el("input", { id: "cost", inputmode: "decimal", autocomplete: "off", required: true });
  const reconcile = async (costUsd) => {
    await request("POST", `/videos/${id}/reconcile`, { costUsd, keyId });
    dialog.close();
    void withBusy(byId("refresh"), onChange);
  };
  const record = el("button", { class: "primary" }, "Record this cost");
  const free = el("button", { type: "button" }, "Not charged");
  free.addEventListener("click", () => withBusy(free, () => reconcile(null), failure));
  const form = el(
    "form",
    {
      class: "fields",
      onsubmit: (event) => {
        event.preventDefault();
        void withBusy(record, () => reconcile(cost.value.trim()), failure);
      },
    },
    el("label", { for: "cost" }, "Cost in US dollars"),
    cost,
    el("p", { class: "hint" }, "The amount on the provider's bill. A recorded charge is final."),
    failure,
    el("div", { class: "actions" }, record, free, button("Cancel", async () => dialog.close())),
  );
  const dialog = openDialog("Reconcile a job", shortId(id), form);
}
