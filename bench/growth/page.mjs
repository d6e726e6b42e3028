// The report in Markdown.
import { verdict } from "../lib/goals.mjs";
import { table } from "../lib/results.mjs";

/** The most for a `quote` without a model, by the number of listings. */
const GOALS = { 100: { us: 500, bytes: 20_000 } };
/** Below so many jobs, what the process does for itself is more than what they need. */
const FEWEST_JOBS = 100;
const PROVIDERS = { runpod: "RunPod", runware: "Runware" };

/** `quote` of all models, by the number of listings. */
export function listingsTable({ listings: rows }) {
  return table(
    ["listings", "`quote` of all, µs", "goal", "", "its answer, bytes", "goal", "", "`validate` and `quote` of one model, µs"],
    rows.map(({ listings, allUs, bytes, oneUs }) => [
      listings,
      figure(allUs),
      ...goalCells(GOALS[listings]?.us, allUs),
      bytes,
      ...goalCells(GOALS[listings]?.bytes, bytes),
      figure(oneUs),
    ]),
  );
}

const goalCells = (most, value) => (most === undefined ? ["", ""] : [most, verdict([most], [value], ["all"])]);

/** `validate`, by the number of problems. */
export function problemsTable({ problems: rows }) {
  return table(
    ["problems", "unknown fields, µs", "misspelt fields, µs", "images that are none, µs"],
    rows.map((row) => [
      row.problems,
      ...["unknown", "misspelt", "images"].map((kind) => `${figure(row[`${kind}Us`])} · ${row[`${kind}Reported`]}`),
    ]),
  );
}

/** Jobs at once, by their number. */
export function jobsTable({ jobs: rows }) {
  return table(
    ["jobs at once", "CPU per job, ms", "requests per job", "lateness, s", "a running job, kB", "an ended one, kB", "left over, kB", "the module's memory, MB"],
    rows.map((row) => [
      `${row.jobs}, ${PROVIDERS[row.provider]}`,
      ofMany(row, row.cpuMsPerJob.toFixed(2)),
      row.requestsPerJob.toFixed(2),
      (row.lateMs / 1_000).toFixed(2),
      ofMany(row, kB(row.runningBytesPerJob)),
      ofMany(row, kB(row.endedBytesPerJob)),
      ofMany(row, kB(row.deletedBytes)),
      (row.moduleBytes / 1e6).toFixed(1),
    ]),
  );
}

const ofMany = ({ jobs }, cell) => (jobs < FEWEST_JOBS ? "–" : cell);

export function page(results) {
  const { counts } = results;
  return [
    `Of the first two tables medians of ${counts.passes} passes by turns, each call of another request. kB are 1000 bytes.`,
    "By the number of listings: copies of the models in a module that has none of its own. `quote` without a model, its answer " +
      "as JSON, and both questions about one model:",
    listingsTable(results),
    "By the number of a request's problems: `validate`, and how many are reported. A request has at most 100 issues for all " +
      "providers, the last of which says that there are more, and each listing has its own:",
    problemsTable(results),
    `Jobs that are submitted at once by one client and run ${counts.runMs / 1_000} s, with the default store, memory, in one process. The provider ` +
      "is a `fetch` function that answers from memory, so that CPU time is the client's and that of the engine's `Request` and " +
      "`Response`. Polls are not long ones; at Runware one request polls up to 20 jobs. Lateness is the median from the job's end to " +
      "its result. Each row is one run in a process of its own. Memory is the heap's after a collection: for each running job and for each ended one, whose record stays in the " +
      "store, and in all after `deleteJob` of each:",
    jobsTable(results),
  ].join("\n\n");
}

const kB = (bytes) => (bytes / 1_000).toFixed(1);
const figure = (us) => (us < 10 ? us.toFixed(2) : us.toFixed(1));
