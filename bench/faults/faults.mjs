// The faults. Each hits once, or for `forMs` from the first request that it hits; `kill` kills the
// client's process this long after its submit was accepted. `from` is the operation that `forMs` counts from; `fakes`
// are the APIs that have the fault, if not all; `config` sets the simulator; a client that is `warm` has run a job
// before, in the same process; `runtime` is not Node.
const RUN_MS = 8_000;

const strike = (times) => (operation, kind, fields) => [
  { operation, times, fault: { kind, ...fields } },
];
const once = strike(1);
const always = strike(1_000_000);
const notFound = always("poll", "odd", { oddity: "notFoundAtFirst" });
const onReused = once("submit", "closeAfter").map((rule) => ({ ...rule, reused: true }));
const RUNWARE = ["runware", "runware-socket"];
const HTTP = ["runpod", "runware", "replicate", "fal", "openai"];

export const faults = [
  { name: "none", title: "none" },
  { name: "submit-500", title: "500 submit", rules: once("submit", "error", { status: 500 }) },
  { name: "submit-503", title: "503 submit", rules: once("submit", "error", { status: 503 }) },
  { name: "submit-429", title: "429 submit", rules: once("submit", "rateLimit") },
  { name: "submit-json", title: "broken JSON submit", rules: once("submit", "truncated") },
  {
    name: "submit-reset-before",
    title: "reset before acceptance",
    rules: once("submit", "resetBefore"),
  },
  {
    name: "submit-reset-after",
    title: "reset after acceptance",
    rules: once("submit", "resetAfter"),
  },
  { name: "poll-500", title: "500 poll", rules: once("poll", "error", { status: 500 }) },
  { name: "poll-503", title: "503 poll", rules: once("poll", "error", { status: 503 }) },
  { name: "poll-429", title: "429 poll", rules: once("poll", "rateLimit") },
  { name: "poll-json", title: "broken JSON poll", rules: once("poll", "truncated") },
  { name: "poll-reset", title: "reset poll", rules: once("poll", "resetBefore") },
  {
    name: "poll-outage",
    title: "503 polls for 20 s",
    rules: always("poll", "error", { status: 503 }),
    forMs: 20_000,
  },
  {
    name: "poll-404",
    title: "RunPod: 404 polls in the first 5 s",
    rules: notFound,
    ...{ fakes: ["runpod"], from: "submit", forMs: 5_000 },
  },
  {
    name: "poll-404-minute",
    title: "RunPod: 404 polls in the first 60 s",
    rules: notFound,
    ...{ fakes: ["runpod"], from: "submit", forMs: 60_000 },
  },
  {
    name: "task-rate-limit",
    title: "Runware: a rate limit ends the task",
    ...{ fakes: RUNWARE, config: { fieldMode: ["taskRateLimit"] } },
  },
  {
    name: "free-refusal",
    title: "Runware: a refusal that is said to be free",
    ...{ fakes: RUNWARE, config: { fieldMode: ["freeRefusal"] } },
  },
  {
    name: "inline",
    title: "RunPod and Runware: the video inside the answer",
    fakes: ["runpod", ...RUNWARE],
    config: { fieldMode: ["outputData", "urlData"] },
  },
  {
    name: "submit-reused",
    title: "reused connection closed after acceptance, Node",
    ...{ fakes: HTTP, rules: onReused, warm: true },
  },
  {
    name: "submit-reused-deno",
    title: "the same, Deno",
    ...{ fakes: HTTP, rules: onReused, warm: true, runtime: "deno" },
  },
  {
    name: "submit-421",
    title: "421 after acceptance",
    ...{ fakes: HTTP, rules: once("submit", "error", { status: 421, after: true }) },
  },
  { name: "limit", title: "its own time limit", jobDurationMs: 12_000, limited: true },
  { name: "killed", title: "killed while it runs", kill: { afterMs: 2_000 } },
  {
    name: "killed-early",
    title: "killed before the submit's answer",
    rules: once("submit", "latency", { ms: 6_000 }),
    kill: { afterMs: 2_000 },
  },
].map((fault) => ({ jobDurationMs: RUN_MS, ...fault }));
