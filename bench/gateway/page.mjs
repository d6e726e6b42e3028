// The report in Markdown.
import { table } from "../lib/results.mjs";

const WHAT = {
  ended: "`GET /v1/videos/{id}` of jobs that have ended",
  status: "`GET /v1/videos/{id}` of running jobs, which the gateway polls meanwhile",
  events: "`GET /v1/videos/{id}/events`, to its first event",
  create: "`POST /v1/videos`",
  again: "`POST /v1/videos` again with the same key: parsed, validated, priced, and found",
  quote: "`POST /v1/quotes`: parsed, validated and priced, nothing stored or sent",
};

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export function page({ calls, baseline, upload, startupMs, costs }) {
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
    "Both in workerd by Miniflare, in alternating rounds, with the same simulated provider and 50 connections; the",
    "median of three rounds after a warm-up. Creates are measured one server after another, five times, each time a new one:",
    "else the running jobs of the others would be polled meanwhile. The forwarder is `gateway/forwarder/`: Hono and valibot, without storage. CPU is",
    "workerd's, all threads, over the run: for the gateway's creates it includes the submit that follows each of them, by the alarm",
    "of the job's own object, and the polls of all jobs that run. The gateway's requests pass its rate limit, which is in memory.",
    "The object is `gateway/object/`: it only makes an object for each request, with an alarm, which is what one costs at least.",
    ...(baseline ? [`The baseline is the gateway of commit ${baseline}, built in the same way and run by the same engine.`] : []),
    "",
    table(["request", "by", "per second", "p50", "p99", "CPU per request"], rows),
    "",
    `Upload: ${total} bytes of gzip (${Object.entries(upload).map(([name, bytes]) => `${name} ${bytes}`).join(", ")}).`,
    "The module is most of it, and does not compress further: it is optimized for size. Cloudflare allows 3 MB.",
    "",
    `Start: ${ms(startupMs)} active, by \`wrangler check startup\` on this machine; at most 50 ms.`,
    "",
    "One video that takes a minute, is polled every five seconds and downloaded once, averaged over twenty undisturbed jobs " +
      "(`gateway/counted.ts`):",
    "",
    table(
      ["per video", "count"],
      [
        ["requests to the worker", costs.requests.toFixed(1)],
        ["requests and alarms of its objects", costs.objectCalls.toFixed(1)],
        ["their active time", ms(costs.objectMs)],
        ["rows written", costs.rowsWritten.toFixed(1)],
        ["files written to R2, read from R2", `${costs.r2Writes}, ${costs.r2Reads}`],
      ],
    ),
  ].join("\n");
}
