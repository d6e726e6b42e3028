// The tables of README.md and docs/compared.md about faults: some rows and columns of bench/results/faults.json, in words.
import { Failure } from "../../scripts/lib/run.mjs";
import { table } from "../lib/results.mjs";

/** What a cell says; a number of payments is one whether its video was found or not. */
const WORDS = {
  ok: "ok",
  X: "reported",
  "X, free": "reported, free",
  "X, unknown": "reported, unknown",
  kept: "found",
  "**lost**": "lost",
  "**lost**, unknown": "lost, reported",
  "**2×**": "**paid twice**",
  "**3×**, kept": "**paid three times**",
  cancelled: "cancelled",
  "–": "–",
};

/** Clients with the same cells share a column. */
const CLIENTS = {
  "filmgate, RunPod": ["filmgate-runpod"],
  "filmgate, Runware": ["filmgate-runware"],
  "`ai` 6 and 7 with RunPod's provider": ["ai6", "ai7"],
  "`runpod-sdk`": ["runpod-sdk"],
  "`@runware/sdk-js`": ["runware-sdk-js"],
  "`replicate`": ["replicate-block"],
  "`@fal-ai/client`": ["fal"],
  "`openai`": ["openai"],
};

/** Faults with the same cells share a row. */
const FAULTS = {
  "500 on submit": ["submit-500"],
  "429 on submit": ["submit-429"],
  "reset before acceptance": ["submit-reset-before"],
  "reset after acceptance": ["submit-reset-after"],
  "broken JSON on submit": ["submit-json"],
  "reused connection closed after acceptance, Node": ["submit-reused"],
  "… in Deno": ["submit-reused-deno"],
  "421 after acceptance": ["submit-421"],
  "500, 503 or 429 on a poll": ["poll-500", "poll-503", "poll-429"],
  "reset on a poll": ["poll-reset"],
  "503 on every poll for 20 s": ["poll-outage"],
  "RunPod: 404 on polls for the first 5 or 60 s": ["poll-404", "poll-404-minute"],
  "RunPod, Runware: the video inside the response": ["inline"],
  "Runware: a rate limit ends the task": ["task-rate-limit"],
  "Runware: a refusal that is said to be free": ["free-refusal"],
  "its own timeout": ["limit"],
  "killed while the job runs": ["killed"],
  "killed before the submit's response": ["killed-early"],
};

const SOME = {
  faults: ["reset after acceptance", "503 on every poll for 20 s", "its own timeout", "killed while the job runs"],
  clients: Object.keys(CLIENTS).slice(0, 5),
};

/** The most telling of them. */
export const someFaults = ({ cases }) => faultsTable(cases, SOME.faults, SOME.clients);

export function allFaults({ cases }) {
  const memory = [["filmgate-runpod-memory"], ["filmgate-runware-memory"]].map((client) => wordOf(cases, ["killed-early"], client));
  const others = Object.keys(CLIENTS).slice(memory.length).map(() => "");
  return faultsTable(cases, Object.keys(FAULTS), Object.keys(CLIENTS), [["… filmgate with its default store", ...memory, ...others]]);
}

function faultsTable(cases, faults, clients, more = []) {
  const rows = faults.map((fault) => [fault, ...clients.map((client) => wordOf(cases, FAULTS[fault], CLIENTS[client]))]);
  return table(["one fault", ...clients], [...rows, ...more]);
}

function wordOf(cases, faults, clients) {
  const found = cases.filter(({ client, fault }) => clients.includes(client) && faults.includes(fault));
  const words = new Set(found.map(({ verdict }) => WORDS[verdict]));
  const [word] = words;
  if (words.size !== 1 || word === undefined) {
    throw new Failure(`bench/results/faults.json: ${clients} under ${faults}: ${found.map(({ verdict }) => verdict)} is no single word`);
  }
  return word;
}
