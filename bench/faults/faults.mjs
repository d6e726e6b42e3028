// The faults. Each hits once, or for `forMs` from the first request that it hits; `kill` kills the
// client's process this long after its submit was accepted.
const RUN_MS = 8_000;

const strike = (times) => (operation, kind, fields) => [
  { operation, times, fault: { kind, ...fields } },
];
const once = strike(1);
const always = strike(1_000_000);

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
  { name: "limit", title: "its own time limit", jobDurationMs: 12_000, limited: true },
  { name: "killed", title: "killed while it runs", kill: { afterMs: 2_000 } },
  {
    name: "killed-early",
    title: "killed before the submit's answer",
    rules: once("submit", "latency", { ms: 6_000 }),
    kill: { afterMs: 2_000 },
  },
].map((fault) => ({ jobDurationMs: RUN_MS, ...fault }));
