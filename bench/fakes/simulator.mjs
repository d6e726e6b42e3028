// RunPod and Runware: this repository's simulator behind a proxy that counts requests.
import { createServer, request as send } from "node:http";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { Faults, counter } from "./faults.mjs";
import { close, listen, read } from "./http.mjs";

const TASKS = { videoInference: "submit", getResponse: "poll", getTaskDetails: "details" };
const VERBS = {
  run: "submit",
  runsync: "submit",
  status: "poll",
  "status-sync": "poll",
  cancel: "cancel",
};

// Each simulator adds an exit listener.
process.setMaxListeners(0);

export const startRunpod = (options) => startDoor("runpod", options);
export const startRunware = (options) => startDoor("runware", options);

// Every simulator gives out different ids.
let seed = 0;

/** The simulator itself: its addresses, faults, jobs, and `stop`. */
export async function simulate(provider, { jobDurationMs, config = {} }) {
  seed += 1;
  const args = ["--job-duration-ms", String(jobDurationMs), "--seed", String(seed)];
  const program = await startSimulator({ args });
  const control = async (path, body) => {
    const method = body === undefined ? "GET" : "POST";
    const init = { method, body: JSON.stringify(body) };
    return (await fetch(`${program.origin}/control/${path}`, init)).json();
  };
  await control("config", config);
  return {
    address: program[provider],
    strike: (rules) => control("faults", rules),
    jobs: async () => jobsOf(await control("ledger"), jobDurationMs),
    stop: program.stop,
  };
}

/** The operation of a Runware task. */
export const taskOperation = (task) => TASKS[task?.taskType];

async function startDoor(provider, options) {
  const simulator = await simulate(provider, options);
  const { origin, pathname } = new URL(simulator.address);
  const requests = [];
  const count = counter(requests);
  // What happens to a connection between client and proxy, which the simulator does not see.
  const own = new Faults();
  const server = createServer(async (message, response) => {
    const request = await read(message);
    const fault = own.strike(count(operationOf(provider, request), message.socket));
    pass(origin, request, message, response, fault);
  });
  const address = (await listen(server)) + pathname;
  const stop = async () => {
    await close(server);
    await simulator.stop();
  };
  const strike = async (rules) => {
    own.set(rules.filter(isOwn));
    await simulator.strike(rules.filter((rule) => !isOwn(rule)));
  };
  return { ...simulator, address, requests, strike, stop };
}

const isOwn = ({ fault }) => fault.kind === "closeAfter";

function operationOf(provider, { path, body }) {
  if (provider === "runware") return taskOperation(JSON.parse(body.toString() || "[]")[0]);
  const [, , , , verb] = path.split("/");
  return VERBS[verb];
}

/** Forwards a request and its response; a connection that breaks there breaks here, but one that ends there stays. */
function pass(origin, { method, path, search, headers, body }, message, response, fault) {
  const onward = send(origin + path + search, { method, headers, agent: false });
  onward.once("response", (answer) => {
    if (fault) return message.socket.destroy();
    const { connection, ...rest } = answer.headers;
    response.writeHead(answer.statusCode, rest);
    answer.pipe(response);
  });
  onward.once("error", () => message.socket.resetAndDestroy());
  response.once("close", () => onward.destroy());
  onward.end(body);
}

/** Each accepted submission is a job; one that was charged early was cancelled. */
function jobsOf({ submissions, charges }, jobDurationMs) {
  return submissions
    .filter(({ outcome }) => outcome === "accepted")
    .map(({ id, atMs }) => {
      const bill = charges.find((each) => each.id === id && each.atMs >= atMs);
      const endsAt = bill?.atMs ?? atMs + jobDurationMs;
      return { id, endsAt, charged: bill !== undefined, cancelled: endsAt < atMs + jobDurationMs };
    });
}
