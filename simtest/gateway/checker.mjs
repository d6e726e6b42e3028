// Compares the gateway's state with the providers' ledger. Returns figures, and violations of the invariants.
import { hexOf, isUnknown } from "./requests.mjs";

/** `{ figures, violations }`; each violation is a sentence about a job or an account. */
export function check({ requests, accounts, submissions, webhookJobs, ledger, videos, archived, usage, hasPolicy }) {
  const violations = [];
  const jobs = requests.filter(({ id }) => id !== undefined);
  const byProviderId = new Map();
  for (const job of jobs) {
    const name = providerId(job);
    if (name === undefined) continue;
    if (byProviderId.has(name)) violations.push(`${name} belongs to two jobs`);
    byProviderId.set(name, job);
  }

  for (const { id, video } of jobs) {
    if (!video.filmgate.billing) violations.push(`${id}: ${video.status}, without billing`);
  }
  checkSubmissions({ jobs, submissions, ledger, violations });
  const unclaimed = checkCharges({ ledger, videos, archived, byProviderId, violations });
  const unknown = jobs.filter(isUnknown);
  const atRunpod = unknown.filter(({ video }) => video.filmgate.handle.provider === "runpod");
  if (unclaimed.length > atRunpod.length) {
    violations.push(`${unclaimed.length} charges belong to no job, ${atRunpod.length} are unknown at RunPod`);
  }
  for (const job of unknown) {
    if (!isPending(job) && !isEstimated(job)) violations.push(`${job.id}: unknown, but neither pending nor estimated`);
    const isCharged = ledger.charges.some(({ id }) => id === providerId(job));
    if (isNotCharged(job) && isCharged) violations.push(`${job.id}: charged, but assumed to be not charged`);
    if (webhookJobs.has(hexOf(job))) violations.push(`${job.id}: unknown, although a webhook reported it`);
  }
  checkCompleted({ jobs, ledger, archived, violations });
  // A policy resolves every unknown charge by itself.
  for (const job of hasPolicy ? jobs.filter(isPending) : []) violations.push(`${job.id}: still pending`);
  const sums = checkAccounts({ jobs, accounts, usage, ledger, byProviderId, violations });

  const count = (list, nameOf) => {
    const counts = {};
    for (const each of list) counts[nameOf(each)] = (counts[nameOf(each)] ?? 0) + 1;
    return counts;
  };
  const figures = {
    created: requests.length,
    accepted: jobs.length,
    rejected: count(requests.filter(({ rejected }) => rejected), ({ rejected }) => rejected),
    ended: count(jobs, ({ video }) => video.error?.code ?? video.status),
    submissions: count(ledger.submissions, ({ provider, outcome }) => `${provider} ${outcome}`),
    charges: ledger.charges.length,
    chargedMicroUsd: ledger.totalMicroUsd,
    archivedVideos: archived.size,
    unknownAtRunpod: atRunpod.length,
    chargedOfThem: unclaimed.length,
    unknownAtRunware: unknown.length - atRunpod.length,
    stoppedByOutage: submissions.filter(({ isStopped }) => isStopped).length,
    estimatedNotCharged: unknown.filter(isNotCharged).length,
    ...sums,
  };
  return { figures, violations };
}

/** The provider's id of the job, if the gateway knows it. */
function providerId({ video }) {
  const { provider, id: key, jobId } = video.filmgate.handle;
  return provider === "runware" ? key : jobId;
}

/** At RunPod a submit is retried only if the last was rejected unprocessed; at Runware always as the same task. */
function checkSubmissions({ jobs, submissions, ledger, violations }) {
  const passed = submissions.filter(({ isStopped }) => !isStopped).length;
  if (passed !== ledger.submissions.length) {
    violations.push(`${passed} submits passed the proxy, the ledger has ${ledger.submissions.length}`);
  }
  const known = new Set(jobs.map(hexOf));
  const paid = new Map();
  const tasks = new Map();
  for (const { provider, job, taskUUID, status } of submissions) {
    if (!known.has(job)) violations.push(`a submit for ${job}, which no client knows`);
    if (provider === "runpod" && status !== 429) paid.set(job, (paid.get(job) ?? 0) + 1);
    if (provider === "runware") {
      if ((tasks.get(job) ?? taskUUID) !== taskUUID) violations.push(`${job}: two tasks at Runware`);
      tasks.set(job, taskUUID);
    }
  }
  for (const [job, times] of paid) {
    if (times > 1) violations.push(`${job}: ${times} submits that RunPod may have accepted`);
    if (tasks.has(job)) violations.push(`${job}: submitted at both providers`);
  }
  const accepted = ledger.submissions.filter(({ outcome }) => outcome === "accepted");
  const names = accepted.map(({ provider, id }) => `${provider} ${id}`);
  if (new Set(names).size !== names.length) violations.push("a job was accepted twice");
}

/** The video of each charge is archived; returns the charges of jobs that the gateway cannot know. */
function checkCharges({ ledger, videos, archived, byProviderId, violations }) {
  const unclaimed = [];
  for (const charge of ledger.charges) {
    const job = byProviderId.get(charge.id);
    if (!job) {
      if (charge.provider === "runware") violations.push(`Runware charged ${charge.id}, which no job knows`);
      unclaimed.push(charge);
      continue;
    }
    const video = videos.get(charge.id);
    if (!video) violations.push(`${job.id}: the provider's video was not seen`);
    else if (archived.get(job.id) !== video) {
      violations.push(`${job.id}: charged; at the provider ${video}, archived ${archived.get(job.id)}`);
    }
  }
  return unclaimed;
}

function checkCompleted({ jobs, ledger, archived, violations }) {
  const charged = new Set(ledger.charges.map(({ id }) => id));
  for (const job of jobs) {
    const { status, filmgate } = job.video;
    if (status !== "completed") continue;
    if (!filmgate.archived) violations.push(`${job.id}: completed, but not archived`);
    if (!archived.has(job.id)) violations.push(`${job.id}: completed, but not served`);
    if (!charged.has(providerId(job))) violations.push(`${job.id}: completed, but never charged`);
  }
}

/** Spent equals charged and estimated, reserved equals pending, to the micro-dollar; no account exceeds its budget. */
function checkAccounts({ jobs, accounts, usage, ledger, byProviderId, violations }) {
  const charges = new Map();
  for (const { id, microUsd } of ledger.charges) {
    const job = byProviderId.get(id);
    if (job) charges.set(job.account.id, (charges.get(job.account.id) ?? 0) + microUsd);
  }
  let estimatedMicroUsd = 0;
  for (const { account, video } of jobs.filter((job) => isUnknown(job) && isEstimated(job))) {
    const { microUsd = 0 } = video.filmgate.billing;
    charges.set(account.id, (charges.get(account.id) ?? 0) + microUsd);
    estimatedMicroUsd += microUsd;
  }
  const sums = { spentMicroUsd: 0, reservedMicroUsd: 0, pendingMicroUsd: 0, estimatedMicroUsd };
  for (const { id, limits } of accounts) {
    const { days } = usage.data.find((account) => account.id === id);
    const total = (what) => days.reduce((sum, day) => sum + micro(day[what]), 0);
    const [spent, reserved] = [total("spentUsd"), total("reservedUsd")];
    const open = usage.open.filter(({ accountId }) => accountId === id);
    const pending = open.reduce((sum, { reservedUsd }) => sum + micro(reservedUsd), 0);
    if (spent !== (charges.get(id) ?? 0)) violations.push(`${id}: spent ${spent}, charged ${charges.get(id)}`);
    if (reserved !== pending) violations.push(`${id}: reserved ${reserved}, pending ${pending}`);
    for (const { id: job, state } of open) if (state !== "pending") violations.push(`${job}: still ${state}`);
    if (limits.dailyBudgetUsd && spent + reserved > micro(limits.dailyBudgetUsd)) violations.push(`${id}: budget exceeded`);
    const pendingHere = jobs.filter((job) => job.account.id === id && isPending(job));
    if (pendingHere.length !== open.length) {
      violations.push(`${id}: ${pendingHere.length} videos are pending, the account has ${open.length}`);
    }
    sums.spentMicroUsd += spent;
    sums.reservedMicroUsd += reserved;
    sums.pendingMicroUsd += pending;
  }
  if (sums.spentMicroUsd + sums.reservedMicroUsd < ledger.totalMicroUsd) violations.push("more was charged than is spent or reserved");
  return sums;
}

const isNotCharged = ({ video }) => video.filmgate.billing?.kind === "not_charged";
const isEstimated = ({ video }) => video.filmgate.billing?.isEstimate === true;
const isPending = ({ video }) => video.filmgate.billing?.kind === "pending";
const micro = (usd) => Math.round(usd * 1e6);
