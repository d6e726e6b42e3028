// The figures of a run, as a page.
import { table } from "../../bench/lib/results.mjs";

const usd = (microUsd) => `$${(microUsd / 1e6).toFixed(6)}`;
const counts = (of) =>
  Object.entries(of)
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(", ") || "none";

export function told(figures, { orders, tally, ms }, { jobs, kills, faults, keys, seed }) {
  const waits = orders.map(({ createMs }) => createMs).sort((a, b) => a - b);
  const part = (share) => `${(waits[Math.floor((waits.length - 1) * share)] / 1000).toFixed(1)} s`;
  return [
    `${jobs} jobs ordered at once by ${keys} keys, each with an \`Idempotency-Key\`; ${faults / 10} % of all requests to`,
    "the providers, of their downloads and of their webhooks struck by a fault; workerd killed with SIGKILL " +
      `${kills} times and started`,
    `again on the same folder; seed ${seed}.`,
    "",
    table(
      ["what", "how much"],
      [
        ["jobs let in", figures.letIn],
        ["refused", counts(figures.refused)],
        ["ended", counts(figures.ended)],
        ["submits, by the providers' ledger", counts(figures.submissions)],
        ["jobs that the providers billed", `${figures.charges}, ${usd(figures.billedMicroUsd)}`],
        ["films in R2, each with the provider's bytes", figures.filmsInR2],
        ["RunPod submits whose answer and webhooks were all lost", figures.unknownAtRunpod],
        ["of these billed", figures.billedOfThem],
        ["Runware submits that were lost, and that Runware does not know", figures.unknownAtRunware],
        ["spent, by the accounts", usd(figures.spentMicroUsd)],
        ["reserved, by the accounts", usd(figures.reservedMicroUsd)],
        ["what is held", usd(figures.heldMicroUsd)],
        ["clients' calls that were repeated", counts(tally)],
        ["a create was answered after", `${part(0.5)} (half), ${part(0.99)} (99 %), kills included`],
        ["from the first order to the last end", `${(ms / 1000).toFixed(0)} s`],
      ],
    ),
  ].join("\n");
}
