// The measurements as tables.
import { table } from "../lib/results.mjs";

export function page({ first, node, chromium, growth }, about) {
  const requests = Object.keys(Object.values(node.checks)[0]);
  const pair = (group, name) => `${figure(node[group][name])} · ${figure(chromium[group][name])}`;
  return [
    `In Node ${process.version.slice(1)} · Chromium ${about.chromium}; medians.`,
    `The first call, of ${about.times} new processes · profiles, in milliseconds:`,
    table(
      ["client", "import", "first call"],
      Object.entries(first).map(([name, by]) => [name, ms(by, "importMs"), ms(by, "callMs")]),
    ),
    "A check, a caller's object in and what is wrong with it out, in microseconds. filmgate checks for both " +
      "providers at once, each with its own rules, and brings a fix for each error; the validators check " +
      "one provider's names, types and ranges:",
    table(
      ["client", ...requests],
      Object.keys(node.checks).map((client) => [
        client,
        ...requests.map((request) => {
          const [here, there] = [node, chromium].map(({ checks }) => checks[client][request]);
          return `${figure(here)} · ${figure(there)}`;
        }),
      ]),
    ),
    "What no other client has, in microseconds:",
    table(
      ["filmgate", "time"],
      Object.keys(node.quotes).map((name) => [name, pair("quotes", name)]),
    ),
    "`quote` of all models by the number of listings, in Node, each time of another request, and the bytes of its answer as JSON:",
    table(
      ["listings", "µs", "bytes"],
      Object.entries(growth).map(([listings, { us, bytes }]) => [listings, figure(us), bytes]),
    ),
    "A question about a running job, whose answer is in memory, in microseconds:",
    table(
      ["client", "time"],
      Object.keys(node.answers).map((name) => [name, pair("answers", name)]),
    ),
  ].join("\n\n");
}

const ms = ({ node, chromium }, name) => `${node[name].toFixed(1)} · ${chromium[name].toFixed(1)}`;
const figure = (us) => (us < 10 ? us.toFixed(2) : us.toFixed(1));
