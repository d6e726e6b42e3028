// Jobs that want a look, the jobs of a token, and reconciling by hand.
import { call } from "./calls.js";
import {
  busily,
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
} from "./parts.js";

const REASONS = {
  stuck: "has not ended",
  submission_unknown: "nobody knows whether it was submitted",
  charge_unknown: "nobody knows what it cost",
};

/** `changed` is called once something was settled. */
export function showAttention(open, changed) {
  const wanted = open.filter(({ state }) => state !== "running");
  const running = open.length - wanted.length;
  const columns = [
    { label: "Video", cell: ({ id }) => shortId(id) },
    { label: "Token", cell: ({ keyName }) => keyName },
    { label: "Model", cell: ({ model }) => model },
    { label: "Reserved", cell: ({ reservedUsd }) => dollars(reservedUsd), isNumber: true },
    { label: "For", cell: ({ reservedAt }) => since(reservedAt), isNumber: true },
    { label: "Why", cell: ({ state, reason }) => [badge(state), " ", REASONS[reason ?? state] ?? String(reason)] },
    { label: "Actions", cell: (job) => settleButton(job.id, job.token, changed) },
  ];
  const list = table("Jobs that want a look", columns, wanted, "None.");
  const others = `${running} ${running === 1 ? "other is" : "others are"} running.`;
  byId("attention-list").replaceChildren(list, el("p", { class: "hint", hidden: !running }, others));
}

/** The newest jobs of a token, and more of them on request. */
export async function showJobs(token, changed) {
  const videos = [];
  const more = byId("more-jobs");
  let after = "";
  const load = async () => {
    const page = await call("GET", `/keys/${token.id}/videos?limit=50${after && `&after=${after}`}`);
    videos.push(...page.data);
    after = page.last_id;
    more.hidden = !page.has_more;
    byId("jobs-list").replaceChildren(
      table(`Jobs of ${token.name}`, jobColumns(token, changed), videos, "No jobs yet."),
    );
  };
  byId("jobs-title").textContent = `Jobs of ${token.name}`;
  await load();
  more.onclick = () => busily(more, load);
  byId("jobs").hidden = false;
  byId("jobs-title").focus();
}

const jobColumns = (token, changed) => [
  { label: "Video", cell: ({ id }) => shortId(id) },
  { label: "Made", cell: ({ created_at }) => moment(created_at * 1000) },
  { label: "Model", cell: ({ model }) => String(model) },
  { label: "Prompt", cell: ({ prompt }) => el("span", { class: "prompt" }, prompt ?? "") },
  { label: "Status", cell: statusOf },
  { label: "Cost", cell: costOf, isNumber: true },
  {
    label: "Actions",
    cell: ({ id, filmgate }) =>
      filmgate?.billing?.kind === "pending" ? settleButton(id, token.id, changed) : [],
  },
];

function statusOf({ status, progress, error }) {
  const words = status === "in_progress" ? `${status} ${progress} %` : status;
  return [badge(status, words), ...(error ? [" ", el("span", { class: "error" }, error.message)] : [])];
}

function costOf({ filmgate }) {
  const { kind, microUsd, isEstimate } = filmgate?.billing ?? {};
  if (kind === "charged") return `${microDollars(microUsd)}${isEstimate ? " (estimated)" : ""}`;
  return { not_charged: "nothing", pending: "not known" }[kind] ?? "";
}

const badge = (kind, words = kind) =>
  el("span", { class: "badge", "data-kind": kind }, words.replaceAll("_", " "));

const settleButton = (id, token, changed) =>
  button("Settle…", async () => askToSettle(id, token, changed), {
    "aria-label": `Settle ${id.slice(-6)}…`,
  });

function askToSettle(id, token, changed) {
  const failure = el("p", { class: "failure", role: "alert", hidden: true });
  const cost = el("input", { id: "cost", inputmode: "decimal", autocomplete: "off", required: true });
  const settle = async (costUsd) => {
    await call("POST", `/videos/${id}/reconcile`, { costUsd, token });
    dialog.close();
    void busily(byId("refresh"), changed);
  };
  const book = el("button", { class: "primary" }, "Book this cost");
  const free = el("button", { type: "button" }, "Nothing was billed");
  free.addEventListener("click", () => busily(free, () => settle(null), failure));
  const form = el(
    "form",
    {
      class: "fields",
      onsubmit: (event) => {
        event.preventDefault();
        void busily(book, () => settle(cost.value.trim()), failure);
      },
    },
    el("label", { for: "cost" }, "Cost in US dollars"),
    cost,
    el("p", { class: "hint" }, "As the provider's bill says. What is booked as spent stays so."),
    failure,
    el("div", { class: "actions" }, book, free, button("Cancel", async () => dialog.close())),
  );
  const dialog = openDialog("Settle a job", shortId(id), form);
}
