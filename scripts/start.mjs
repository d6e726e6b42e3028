// One command from a fresh checkout to a video: sets up, builds, and starts the simulated providers, the gateway
// and the page.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BUNDLED, build } from "./build.mjs";
import { modernNode } from "./lib/node.mjs";
import { freePort } from "./lib/port.mjs";
import { answerWithProgress } from "./lib/progress-page.mjs";
import { Failure, main, root } from "./lib/run.mjs";
import { note, seconds, step } from "./lib/log.mjs";
import { npmPackages } from "./lib/tools.mjs";
import { listen } from "./lib/web-server.mjs";
import { setUpBuild } from "./setup.mjs";

/** The page, and behind it the simulator and the gateway. */
const PORTS = 3;
const LAST_PORT = 65_535;

await main(async () => {
  const since = performance.now();
  const port = await freePort(requestedPort(), "the page");
  const server = await listen(port, answerWithProgress);
  try {
    await start(server, port, since);
  } finally {
    await server.close();
  }
});

async function start(server, port, since) {
  const isFirst = !existsSync(join(root, ".tools", "built"));
  step("Checking what is missing", isFirst ? "the first run takes 2 to 4 minutes" : "seconds");
  note(`${server.origin} shows how far it is`);
  const tools = await setUpBuild();
  await Promise.all([build({ ...tools, quick: true }), downloadPackages()]);

  step("Starting the simulated providers, the gateway and the page");
  // Imported late: they need packages that the setup installs.
  const { PACKAGED } = await import("./lib/simulator.mjs");
  const { withLocalServices } = await import("./lib/local-services.mjs");
  const simulatorPort = await freePort(port + 1, "the simulator");
  const gatewayPort = await freePort(simulatorPort + 1, "the gateway");
  // The port is taken, so no second start uses the same folder.
  const folder = join(root, "target", "start", String(port));
  const options = { server, simulate: { ...PACKAGED, port: simulatorPort }, gatewayPort, folder };
  await withLocalServices(options, ({ simulator: { runpod, runware }, gateway }) => {
    note(`Ready after ${seconds(since)}. Nothing here reaches a real provider unless you enter a key.`);
    note(`RunPod, simulated:  ${runpod}`);
    note(`Runware, simulated: ${runware}`);
    console.log(banner(server, gateway));
    return nextSignal();
  });
}

/** Downloads what is needed after the modules, while Rust compiles. */
async function downloadPackages() {
  for (const folder of [...BUNDLED, "www"]) await npmPackages(folder);
  await modernNode();
}

function banner(page, { url, apiKey, adminToken }) {
  const body = '{"model": "wan-2.6", "prompt": "A fox", "seconds": "5", "size": "1280x720"}';
  return `
  The page:    ${page.origin}
  The gateway: ${url}
  API key:     ${apiKey}
  Admin page:  ${url}/admin
  Admin token: ${adminToken}

  curl ${url}/v1/videos -H 'authorization: Bearer ${apiKey}' \\
    -H 'content-type: application/json' -d '${body}'

  Ctrl-C stops everything.`;
}

function requestedPort() {
  const { values } = parseArgs({ options: { port: { type: "string", default: "4173" } } });
  const port = Number(values.port);
  const last = LAST_PORT - PORTS + 1;
  if (Number.isInteger(port) && port > 0 && port <= last) return port;
  throw new Failure(`--port ${values.port}: use a number from 1 to ${last}`);
}

/** Resolves at the first signal to end. A second one ends the process at once. */
function nextSignal() {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, resolve);
  });
}
