// The measured jobs as a table, and the meaning of its cells.
import { table } from "../lib/results.mjs";
import { ALONE, JITTERED } from "./jobs.mjs";

const KEY = [
  "Requests until the caller has the result, with submit and result, without the video's download; then",
  "the time from the job's end until then. The last column has means over the jobs of",
  `${JITTERED.join(", ")} s. Each job has a client object of its own, but where the row says that`,
  "it ran others before.",
].join("\n");

/** `measured` has the jobs of each of `clients`, in their order. */
export function page(clients, measured) {
  const rows = clients.map(({ title }, at) => ({ title, jobs: measured[at] }));
  return `${pollsTable("client", rows, { isWhole: true })}\n\n${KEY}`;
}

/** A row for each client; `isWhole`: with the mean of the jobs of about 60 s. */
export function pollsTable(title, clients, { isWhole = false } = {}) {
  const head = [title, ...ALONE.map((seconds) => `${seconds} s`), ...(isWhole ? ["about 60 s"] : [])];
  const lines = clients.map(({ title, jobs }) => {
    const alone = jobs.slice(0, ALONE.length).map((job) => cell(job));
    return [title, ...alone, ...(isWhole ? [cell(...jobs.slice(ALONE.length))] : [])];
  });
  return table(head, lines);
}

/** The cost of one job, or the mean of several. */
function cell(...jobs) {
  const requests = mean(jobs.map((job) => job.requests));
  const asked = Number.isInteger(requests) ? requests : requests.toFixed(1);
  const undelivered = jobs.filter(({ delivered }) => !delivered).length;
  if (undelivered > 0) {
    const many = jobs.length > 1 ? `${undelivered} of ${jobs.length} ` : "";
    return `${asked} · ${many}not delivered`;
  }
  return `${asked} · ${(mean(jobs.map(({ lateMs }) => lateMs)) / 1000).toFixed(2)} s`;
}

const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
