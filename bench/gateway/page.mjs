// The page of what was measured.
import { table } from "../lib/results.mjs";

const WHAT = {
  ended: "`GET /v1/videos/{id}` of jobs that have ended",
  status: "`GET /v1/videos/{id}` of jobs that run, which the gateway asks for meanwhile",
  events: "`GET /v1/videos/{id}/events`, to its first event",
  create: "`POST /v1/videos`",
  again: "`POST /v1/videos` again under a key: read, checked, priced, let in, and found begun",
  quote: "`POST /v1/quotes`: read, checked and priced, nothing stored or sent",
};

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export function page({ calls, upload, startupMs, costs }) {
  const total = Object.values(upload).reduce((sum, bytes) => sum + bytes, 0);
  const rows = Object.entries(calls).flatMap(([kind, sides]) =>
    Object.entries(sides).map(([side, { perSecond, p50, p99, cpuMs }]) => [
      WHAT[kind],
      side,
      Math.round(perSecond),
      ms(p50),
      ms(p99),
      `${cpuMs.toFixed(2)} ms`,
    ]),
  );
  return [
    "Both in workerd by Miniflare, one after the other in turns, before the same simulated provider, with 50 calls at once; the",
    "median of three rounds after one that warms up. The forwarder is `gateway/forwarder/`: Hono and valibot, nothing kept. CPU is",
    "workerd's, all threads, over the run: for the gateway's creates that holds the submit that follows each of them, by the alarm",
    "of the job's own object. The gateway's calls pass its rate limit, which is kept in memory beside it.",
    "",
    table(["call", "by", "a second", "half within", "99 % within", "CPU a call"], rows),
    "",
    `Upload: ${total} bytes of gzip (${Object.entries(upload).map(([name, bytes]) => `${name} ${bytes}`).join(", ")}); at most 150 000.`,
    "",
    `Start: ${ms(startupMs)} active, by \`wrangler check startup\` on this machine; at most 50 ms.`,
    "",
    "One video that runs for a minute, is asked for every five seconds and fetched once, counted in twenty that nothing disturbs " +
      "(`gateway/counted.ts`):",
    "",
    table(
      ["of one video", "count"],
      [
        ["requests to the worker", costs.requests.toFixed(1)],
        ["calls and alarms of its objects", costs.objectCalls.toFixed(1)],
        ["time in which these are at work", ms(costs.objectMs)],
        ["rows written", costs.rowsWritten.toFixed(1)],
        ["files written to R2, read from it", `${costs.r2Writes}, ${costs.r2Reads}`],
      ],
    ),
  ].join("\n");
}
