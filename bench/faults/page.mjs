// The measured cases as a table, the sums below it, and the meaning of its words.
import { table } from "../lib/results.mjs";
import { LEGEND } from "./verdict.mjs";

/** `cases` has one entry for each of `clients` under each of `faults`. */
export function page(clients, faults, cases) {
  const of = (client) => cases.filter((each) => each.client === client.name);
  const lines = faults.map((fault) => [
    fault.title,
    ...clients.map((client) => of(client).find((each) => each.fault === fault.name).verdict),
  ]);
  const sums = SUMS.map(([title, counts]) => [
    `*${title}*`,
    ...clients.map((client) => of(client).filter(counts).length),
  ]);
  const head = ["fault", ...clients.map(({ title }) => title)];
  return [table(head, [...lines, ...sums]), words(), limits(clients)].join("\n\n");
}

const SUMS = [
  ["paid more than once", ({ charges }) => charges > 1],
  ["paid and lost", isLost],
  ["… without a word that it may be so", (each) => isLost(each) && !each.told],
];

function isLost({ charges, verdict }) {
  return charges > 0 && verdict.includes("lost");
}

const words = () => LEGEND.map(([word, meaning]) => `- ${word}: ${meaning}`).join("\n");

function limits(clients) {
  const lines = clients.map(({ title, limited }) => `- ${title}: ${limited}`);
  const head = "Each has its defaults. Where its own time limit is measured, that is shorter:";
  return [head, "", ...lines].join("\n");
}
