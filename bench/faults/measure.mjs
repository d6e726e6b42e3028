// One client under one fault: the provider's view, the caller's result, and what could be recovered.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { matches } from "../fakes/faults.mjs";
import { fakes } from "../fakes/index.mjs";
import { atOnce } from "../lib/at-once.mjs";
import { startClient } from "../lib/client-process.mjs";

// Longer than any client takes to give up, except those that never do.
const PATIENCE_MS = 150_000;
const FIND_MS = 30_000;
const MAX_TRIES = 3;

export async function measure(client, fault) {
  const fake = await fakes[client.fake]({
    jobDurationMs: jobDurationMs(client, fault),
    config: fault.config,
  });
  const place = mkdtempSync(join(tmpdir(), "filmgate-bench-"));
  try {
    const job = jobIn(place, fake, fault);
    await fake.strike(fault.rules ?? []);
    const started = Date.now();
    const { end, code } = await generated(client, fake, fault, job);
    const ms = Date.now() - started;
    await fake.strike([]);
    const jobs = (await ended(fake)).slice(fault.warm ? 1 : 0);
    const requests = fake.requests.slice(fault.warm ? warmUp(fake.requests) : 0);
    const delivered = await isVideo(end?.video);
    const again = delivered ? [] : await findAgain(client, job, jobs);
    const ends = [end, ...again].filter(Boolean);
    return {
      met: (fault.rules ?? []).every((rule) => sees(requests, rule)),
      submissions: requests.filter(({ operation }) => operation === "submit").length,
      requests: requests.length,
      accepted: jobs.length,
      charges: jobs.filter(({ charged }) => charged).length,
      cancelled: jobs.filter(({ cancelled }) => cancelled).length,
      delivered,
      looked: again.length,
      found: again.some(({ isVideo }) => isVideo),
      told: ends.some(isTold),
      free: ends.some(isFree),
      end: end ? (end.error ? "rejected" : "resolved") : fault.kill ? "killed" : "never",
      error: end?.error && brief(end.error),
      findErrors: again.flatMap(({ error }) => (error ? [brief(error)] : [])),
      ms,
      ...(code !== 0 && !fault.kill && { code }),
    };
  } finally {
    await fake.stop();
    rmSync(place, { recursive: true });
  }
}

function jobIn(place, fake, fault) {
  const folder = join(place, "store");
  mkdirSync(folder);
  const kept = join(place, "kept.jsonl");
  writeFileSync(kept, "");
  const { limited = false, warm = false } = fault;
  return { name: "job", address: fake.address, limited, warm, kept, folder };
}

async function generated(client, fake, fault, job) {
  const running = startClient(client, "generate", [job], PATIENCE_MS, fault.runtime);
  if (fault.forMs) void calmDown(fake, fault, running.ended);
  if (fault.kill) {
    await Promise.race([accepted(fake), running.ended]);
    await sleep(fault.kill.afterMs);
    running.kill();
  }
  const { ends, code } = await running.ended;
  return { end: ends[job.name], code };
}

/** A client that polls only after a while needs a job that lasts that long. */
function jobDurationMs(client, fault) {
  const asks = !fault.from && fault.rules?.some(({ operation }) => operation === "poll");
  return asks ? fault.jobDurationMs + (client.asksAfterMs ?? 0) : fault.jobDurationMs;
}

const sees = (requests, rule) => requests.some((request) => matches(rule, request));

/** How many of the requests are the first job's: all before the second submit. */
function warmUp(requests) {
  const at = requests.findIndex(({ operation }, index) => index > 0 && operation === "submit");
  return at < 0 ? requests.length : at;
}

/** Ends the faults this long after the first of them, or after the first `from`. */
async function calmDown(fake, { rules: [{ operation }], from = operation, forMs }, over) {
  let isOver = false;
  over.then(() => (isOver = true));
  while (!isOver && !sees(fake.requests, { operation: from })) await sleep(50);
  await sleep(forMs);
  if (!isOver) await fake.strike([]);
}

async function accepted(fake) {
  while ((await fake.jobs()).length === 0) await sleep(50);
}

/** The jobs, once all of them have ended. */
async function ended(fake) {
  const last = Math.max(0, ...(await fake.jobs()).map(({ endsAt }) => endsAt));
  await sleep(Math.max(0, last - Date.now()) + 50);
  return fake.jobs();
}

/**
 * A new process tries to find each charged job whose id is in the recorded output, and those in the
 * client's own store if no id was recorded.
 */
async function findAgain(client, job, jobs) {
  const stored = filesIn(job.folder);
  const kept = [job.kept, ...stored].map((path) => readFileSync(path, "utf8")).join();
  const inHand = jobs.filter(({ id, charged }) => charged && kept.includes(id));
  if (inHand.length === 0 && stored.length > 0) inHand.push({ id: undefined });
  return atOnce(1, inHand, ({ id }) => find(client, { ...job, id }));
}

/** Several tries, since a busy machine must not decide about a client. */
async function find(client, job) {
  let end;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { ends } = await startClient(client, "find", [job], FIND_MS).ended;
    end = ends[job.name];
    if (await isVideo(end?.video)) return { ...end, isVideo: true };
    if (isTold(end)) break;
  }
  return { ...end, isVideo: false };
}

function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name));
}

/** Whether the error says that the existence of a job is unknown. */
const isTold = (end) => end?.error?.code === "submission_unknown";

/** Whether the error says that nothing is charged. */
const isFree = ({ error } = {}) =>
  error?.charge === "none" || /not be charged/.test(JSON.stringify(error ?? null));

async function isVideo({ url, bytes } = {}) {
  if (bytes > 0) return true;
  if (!url) return false;
  const answer = await fetch(url);
  return answer.ok && (await answer.arrayBuffer()).byteLength > 0;
}

const brief = ({ name, code, message, charge, retryable }) => ({
  name,
  code,
  message: String(message).replaceAll(/127\.0\.0\.1:\d+/g, "fake").slice(0, 160),
  charge,
  retryable,
});
