// The report of a run in Markdown.
import { table } from "../../bench/lib/results.mjs";

const usd = (microUsd) => `$${(microUsd / 1e6).toFixed(6)}`;
const counts = (of) =>
  Object.entries(of)
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(", ") || "none";

export function reportOf(figures, { requests, tally, ms }, { jobs, kills, faultRate, keys, seed, outage }) {
  const latencies = requests.map(({ createMs }) => createMs).sort((a, b) => a - b);
  const quantile = (share) => `${(latencies[Math.floor((latencies.length - 1) * share)] / 1000).toFixed(1)} s`;
  return [
    `${jobs} jobs created at once by ${keys} API keys, each with an \`Idempotency-Key\`. A fault hits ${faultRate * 100} % of all requests to`,
    "the providers, of their downloads and of their webhooks. workerd is killed with SIGKILL " +
      `${kills} times and restarted`,
    `on the same folder. Seed ${seed}.`,
    ...(outage > 0
      ? [`Each provider's API is away for ${outage} s, one after the other, with HTTP 503 and resets. Unknown submits are assumed to be charged.`]
      : []),
    "",
    table(
      ["what", "how much"],
      [
        ["accepted jobs", figures.accepted],
        ["rejected", counts(figures.rejected)],
        ["ended", counts(figures.ended)],
        ["submits, by the providers' ledger", counts(figures.submissions)],
        ["jobs that the providers charged", `${figures.charges}, ${usd(figures.chargedMicroUsd)}`],
        ["videos in R2, each identical to the provider's", figures.archivedVideos],
        ["RunPod submits whose response and webhooks were all lost", figures.unknownAtRunpod],
        ["of these charged", figures.chargedOfThem],
        ["Runware submits that were lost and that Runware does not know", figures.unknownAtRunware],
        ...(outage > 0
          ? [
              ["submits that met an outage", figures.stoppedByOutage],
              ["unknown submits assumed to be charged", usd(figures.estimatedMicroUsd)],
              ["unknown submits assumed to be not charged", figures.estimatedNotCharged],
            ]
          : []),
        ["spent, by the accounts", usd(figures.spentMicroUsd)],
        ["reserved, by the accounts", usd(figures.reservedMicroUsd)],
        ["pending", usd(figures.pendingMicroUsd)],
        ["client requests that were retried", counts(tally)],
        ["latency of a create", `${quantile(0.5)} (median), ${quantile(0.99)} (99 %), kills included`],
        ["from the first create to the last end", `${(ms / 1000).toFixed(0)} s`],
      ],
    ),
  ].join("\n");
}
