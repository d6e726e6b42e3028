// The report in Markdown.
import { medianOf } from "../lib/median.mjs";
import { speedTable, versionsOf } from "./table.mjs";

/** All columns, if they were measured. */
const COLUMNS = ["filmgate", "baseline", "valibot", "zod/mini", "zod", "ajv", "@fal-ai/client", "replicate", "openai"];

export function page(results) {
  const { baseline, counts } = results;
  const columns = COLUMNS.filter((by) => by !== "baseline" || baseline);
  return [
    `In ${versionsOf(results).join(" · ")}. ${counts.times} new processes or profiles for each first call; of the repeated calls, ` +
      `${counts.rounds} processes or pages that measure all of them ${counts.passes} times by turns. All clients and runtimes ` +
      "are interleaved; each figure is a median." +
      (baseline ? ` ${baseline} is filmgate at that commit, built by the same compiler, with 34 listings.` : ""),
    speedTable(results, columns, { goals: true }),
    "A validation takes a caller's object and returns what is wrong with it. filmgate validates for both providers at once, each " +
      "by its own rules, with a fix for each error; the validators check one provider's names, types and ranges. `ajv` needs " +
      "`eval`. Each call of filmgate is of another request, except where it says so. The first call is `validate` and `quote`, a " +
      "validation, or a new client. One response of a running job is the answer to a poll: filmgate's state machine alone reads it; " +
      "the clients send a status request whose answer is in memory. Of the validators, the bytes are those of the two " +
      "validations. kB are 1000 bytes.",
  ].join("\n\n");
}

/** The medians of rounds that measured the same: `[{ what: { by: µs } }]`. */
export function mediansOf(rounds) {
  const [one] = rounds;
  return Object.fromEntries(
    Object.entries(one).map(([what, row]) => [
      what,
      Object.fromEntries(Object.keys(row).map((by) => [by, medianOf(rounds.map((round) => round[what][by]))])),
    ]),
  );
}
