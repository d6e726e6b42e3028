// The page of what was measured.
import { table } from "../lib/results.mjs";

const WHAT = {
  status: "`GET /v1/videos/{id}`",
  events: "`GET /v1/videos/{id}/events`, to its first event",
  create: "`POST /v1/videos`",
  quote: "`POST /v1/quotes`: read, checked and priced, nothing stored or sent",
};

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export function page({ calls, upload, startupMs }) {
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
    "workerd's, all threads, over the run: for the gateway's creates that holds the whole submit that follows each of them, in the",
    "job's own object, and for all its calls the rate limit, which Miniflare keeps in an object on disk and Cloudflare in memory.",
    "",
    table(["call", "by", "a second", "half within", "99 % within", "CPU a call"], rows),
    "",
    `Upload: ${total} bytes of gzip (${Object.entries(upload).map(([name, bytes]) => `${name} ${bytes}`).join(", ")}); at most 150 000.`,
    "",
    `Start: ${ms(startupMs)} active, by \`wrangler check startup\` on this machine; at most 50 ms.`,
  ].join("\n");
}
