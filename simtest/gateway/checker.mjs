// Holds what the gateway says against the providers' ledger: what fits goes into the figures, what does not is broken.
import { hexOf, isUnknown } from "./requests.mjs";

/** `{ figures, broken }`; each entry of `broken` is a sentence about a job or an account. */
export function judge({ orders, accounts, submissions, heard, ledger, films, kept, report }) {
  const broken = [];
  const jobs = orders.filter(({ id }) => id !== undefined);
  const byProviderId = new Map();
  for (const job of jobs) {
    const name = providerId(job);
    if (name === undefined) continue;
    if (byProviderId.has(name)) broken.push(`${name} belongs to two jobs`);
    byProviderId.set(name, job);
  }

  for (const { id, video } of jobs) {
    if (!video.filmgate.billing) broken.push(`${id}: ${video.status}, and not settled`);
  }
  checkSubmits({ jobs, submissions, ledger, broken });
  const unclaimed = checkBills({ ledger, films, kept, byProviderId, broken });
  const unknown = jobs.filter(isUnknown);
  const atRunpod = unknown.filter(({ video }) => video.filmgate.handle.provider === "runpod");
  if (unclaimed.length > atRunpod.length) {
    broken.push(`${unclaimed.length} bills belong to no job, ${atRunpod.length} are unknown at RunPod`);
  }
  for (const job of unknown) {
    if (!isHeld(job)) broken.push(`${job.id}: unknown, and not held`);
    if (heard.has(hexOf(job))) broken.push(`${job.id}: unknown, and a webhook told of it`);
  }
  checkCompleted({ jobs, ledger, kept, broken });
  const sums = checkAccounts({ jobs, accounts, report, ledger, byProviderId, broken });

  const count = (list, nameOf) => {
    const counts = {};
    for (const each of list) counts[nameOf(each)] = (counts[nameOf(each)] ?? 0) + 1;
    return counts;
  };
  const figures = {
    ordered: orders.length,
    letIn: jobs.length,
    refused: count(orders.filter(({ refused }) => refused), ({ refused }) => refused),
    ended: count(jobs, ({ video }) => video.error?.code ?? video.status),
    submissions: count(ledger.submissions, ({ provider, outcome }) => `${provider} ${outcome}`),
    charges: ledger.charges.length,
    billedMicroUsd: ledger.totalMicroUsd,
    filmsInR2: kept.size,
    unknownAtRunpod: atRunpod.length,
    billedOfThem: unclaimed.length,
    unknownAtRunware: unknown.length - atRunpod.length,
    ...sums,
  };
  return { figures, broken };
}

/** What the provider calls the job, where the gateway knows. */
function providerId({ video }) {
  const { provider, id: key, jobId } = video.filmgate.handle;
  return provider === "runware" ? key : jobId;
}

/** At RunPod a submit is sent again only where the last was turned away unread; at Runware always as the same task. */
function checkSubmits({ jobs, submissions, ledger, broken }) {
  if (submissions.length !== ledger.submissions.length) {
    broken.push(`${submissions.length} submits went by, the ledger has ${ledger.submissions.length}`);
  }
  const known = new Set(jobs.map(hexOf));
  const paid = new Map();
  const tasks = new Map();
  for (const { provider, job, taskUUID, answered } of submissions) {
    if (!known.has(job)) broken.push(`a submit for ${job}, which no client was told of`);
    if (provider === "runpod" && answered !== 429) paid.set(job, (paid.get(job) ?? 0) + 1);
    if (provider === "runware") {
      if ((tasks.get(job) ?? taskUUID) !== taskUUID) broken.push(`${job}: two tasks at Runware`);
      tasks.set(job, taskUUID);
    }
  }
  for (const [job, times] of paid) {
    if (times > 1) broken.push(`${job}: ${times} submits that RunPod may have accepted`);
    if (tasks.has(job)) broken.push(`${job}: submitted at both providers`);
  }
  const accepted = ledger.submissions.filter(({ outcome }) => outcome === "accepted");
  const names = accepted.map(({ provider, id }) => `${provider} ${id}`);
  if (new Set(names).size !== names.length) broken.push("a job was accepted twice");
}

/** Each bill's film is kept; returns the bills of jobs that the gateway could not learn of. */
function checkBills({ ledger, films, kept, byProviderId, broken }) {
  const unclaimed = [];
  for (const bill of ledger.charges) {
    const job = byProviderId.get(bill.id);
    if (!job) {
      if (bill.provider === "runware") broken.push(`Runware billed ${bill.id}, and no job knows it`);
      unclaimed.push(bill);
      continue;
    }
    const film = films.get(bill.id);
    if (!film) broken.push(`${job.id}: the provider's film was not seen`);
    else if (kept.get(job.id) !== film) {
      broken.push(`${job.id}: billed; at the provider ${film}, kept ${kept.get(job.id)}`);
    }
  }
  return unclaimed;
}

function checkCompleted({ jobs, ledger, kept, broken }) {
  const billed = new Set(ledger.charges.map(({ id }) => id));
  for (const job of jobs) {
    const { status, filmgate } = job.video;
    if (status !== "completed") continue;
    if (!filmgate.archived) broken.push(`${job.id}: completed, and not archived`);
    if (!kept.has(job.id)) broken.push(`${job.id}: completed, and not to be had`);
    if (!billed.has(providerId(job))) broken.push(`${job.id}: completed, and never billed`);
  }
}

/** Spent is what was billed, reserved is what is held, to the millionth; nobody went over a budget. */
function checkAccounts({ jobs, accounts, report, ledger, byProviderId, broken }) {
  const charges = new Map();
  for (const { id, microUsd } of ledger.charges) {
    const job = byProviderId.get(id);
    if (job) charges.set(job.account.id, (charges.get(job.account.id) ?? 0) + microUsd);
  }
  const sums = { spentMicroUsd: 0, reservedMicroUsd: 0, heldMicroUsd: 0 };
  for (const { id, limits } of accounts) {
    const { days } = report.data.find((account) => account.id === id);
    const total = (what) => days.reduce((sum, day) => sum + micro(day[what]), 0);
    const [spent, reserved] = [total("spentUsd"), total("reservedUsd")];
    const open = report.open.filter(({ keyId }) => keyId === id);
    const held = open.reduce((sum, { reservedUsd }) => sum + micro(reservedUsd), 0);
    if (spent !== (charges.get(id) ?? 0)) broken.push(`${id}: spent ${spent}, billed ${charges.get(id)}`);
    if (reserved !== held) broken.push(`${id}: reserved ${reserved}, held ${held}`);
    for (const { id: job, state } of open) if (state !== "pending") broken.push(`${job}: still ${state}`);
    if (limits.dailyBudgetUsd && spent + reserved > micro(limits.dailyBudgetUsd)) broken.push(`${id}: over its budget`);
    const heldHere = jobs.filter((job) => job.account.id === id && isHeld(job));
    if (heldHere.length !== open.length) {
      broken.push(`${id}: ${heldHere.length} videos say that they are held, the account ${open.length}`);
    }
    sums.spentMicroUsd += spent;
    sums.reservedMicroUsd += reserved;
    sums.heldMicroUsd += held;
  }
  return sums;
}

const isHeld = ({ video }) => video.filmgate.billing?.kind === "pending";
const micro = (usd) => Math.round(usd * 1e6);
