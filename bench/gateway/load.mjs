// Load with 50 connections, and workerd's CPU time for it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import autocannon from "autocannon";

export const CONNECTIONS = 50;

/** Load by autocannon: `{ perSecond, p50, p99, cpuMs }`. `calls` returns each connection's own request. */
export async function load(server, { seconds, amount, calls }) {
  const before = cpuMs(server.workerd());
  let connection = 0;
  const since = performance.now();
  let last = since;
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    ...(amount ? { amount } : { duration: seconds }),
    setupClient: (client) => {
      client.setRequests([calls(connection++)]);
      // Its own duration is a whole number of seconds.
      client.on("response", () => (last = performance.now()));
    },
  });
  const { non2xx, errors, timeouts, statusCodeStats } = result;
  if (non2xx + errors + timeouts > 0) {
    const failures = JSON.stringify({ errors, timeouts, statusCodeStats });
    throw new Error(`calls failed at ${server.url}: ${failures}`);
  }
  const spent = cpuMs(server.workerd()) - before;
  return {
    perSecond: result["2xx"] / ((last - since) / 1_000),
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMs: spent / result["2xx"],
  };
}

/**
 * The same for event streams: each ends after its first event. Their number is limited, because workerd notices that a
 * client has disconnected only on its next write, and keeps the connection open until then.
 */
export async function firstEvents(server, { amount, path, headers }) {
  const agent = new Agent({ keepAlive: false, maxSockets: CONNECTIONS });
  const { hostname, port } = new URL(server.url);
  const waits = [];
  const before = cpuMs(server.workerd());
  const since = performance.now();
  let left = amount;
  const listen = async (connection) => {
    while (left-- > 0) {
      const start = performance.now();
      await firstEvent({ agent, hostname, port, path: path(connection), headers });
      waits.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, connection) => listen(connection)));
  const took = (performance.now() - since) / 1000;
  const spent = cpuMs(server.workerd()) - before;
  waits.sort((a, b) => a - b);
  const quantile = (share) => waits[Math.floor((waits.length - 1) * share)];
  return {
    perSecond: waits.length / took,
    p50: quantile(0.5),
    p99: quantile(0.99),
    cpuMs: spent / waits.length,
  };
}

function firstEvent(options) {
  return new Promise((resolve, reject) => {
    const clientRequest = request(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`events: HTTP ${response.statusCode}`));
      let text = "";
      response.setEncoding("utf8").on("data", (more) => {
        text += more;
        if (!/^data: .*\n\n/m.test(text)) return;
        clientRequest.destroy();
        resolve();
      });
      response.once("end", () => reject(new Error(`events: none in ${text}`)));
    });
    clientRequest.once("error", reject).end();
  });
}

/** The CPU time of a process with all of its threads (Linux reports it in ticks). */
function cpuMs(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // After the name, which may contain anything; user and system time are fields 12 and 13 from there.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return ((user + system) * 1000) / ticksPerSecond();
}

let ticks;
const ticksPerSecond = () =>
  (ticks ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })));
