// One command from a fresh checkout to a video: sets up, builds, and starts the simulated providers, the gateway
// and the page.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BUNDLED, build } from "./build.mjs";
import { modernNode } from "./lib/node.mjs";
import { freePort, originOf } from "./lib/port.mjs";
import { Failure, main, root } from "./lib/run.mjs";
import { note, seconds, step } from "./lib/log.mjs";
import { npmPackages } from "./lib/tools.mjs";
import { setUpBuild } from "./setup.mjs";

await main(async () => {
  const since = performance.now();
  const port = requestedPort();
  const isFirst = !existsSync(join(root, ".tools", "built"));
  step("Checking what is missing", isFirst ? "the first run takes 2 to 4 minutes" : "seconds");
  const tools = await setUpBuild();
  await Promise.all([build({ ...tools, quick: true }), downloadPackages()]);

  // Imported late: they need packages that the setup installs.
  const { PACKAGED, startSimulator } = await import("./lib/simulator.mjs");
  const { serve } = await import("./lib/serve.mjs");
  const { startKeptGateway } = await import("./lib/dev-gateway.mjs");
  step("Starting the simulated providers, the gateway and the page");
  const pagePort = await freePort(port, "the page");
  const simulatorPort = await freePort(pagePort + 1, "the simulator");
  const gatewayPort = await freePort(simulatorPort + 1, "the gateway");
  const simulator = await startSimulator({ ...PACKAGED, port: simulatorPort });
  const pageOrigin = originOf(pagePort);
  const gateway = await startKeptGateway({ simulator, port: gatewayPort, pageOrigin });
  const { runpod, runware } = simulator;
  const config = { runpod, runware, gateway: { url: gateway.url, apiKey: gateway.apiKey } };
  const page = await serve({ port: pagePort, config });

  note(
    `Ready after ${seconds(since)}. Nothing here reaches a real provider unless you enter a key.`,
  );
  note(`RunPod, simulated:  ${runpod}`);
  note(`Runware, simulated: ${runware}`);
  console.log(banner(page, gateway));
  await untilSignal(simulator);
  await page.close();
  await gateway.stop();
  await simulator.stop();
});

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
  if (Number.isInteger(port) && port > 0 && port < 65_535) return port;
  throw new Failure(`--port ${values.port}: use a number from 1 to 65534`);
}

async function untilSignal(simulator) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const stopped = new Promise((resolve) => signals.forEach((name) => process.once(name, resolve)));
  // Ctrl-C reaches the simulator as well, and may end it first.
  const crashed = simulator.ended.then(async (how) => {
    const grace = new Promise((resolve) => setTimeout(resolve, 500, how));
    return Promise.race([stopped.then(() => undefined), grace]);
  });
  const how = await Promise.race([stopped.then(() => undefined), crashed]);
  if (how !== undefined) throw new Failure(`The simulated providers stopped unexpectedly (${how})`);
}
