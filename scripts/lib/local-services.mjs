// What `npm start` runs once everything is built: the simulated providers, the gateway, and the page in place of its progress.
import { startKeptGateway } from "./dev-gateway.mjs";
import { Failure } from "./run.mjs";
import { pageListener } from "./serve.mjs";
import { startSimulator } from "./simulator.mjs";

/**
 * Runs them until `use` ends, or one of them, and then stops what has started. `server`: the running one, see listen();
 * `simulate`: how the simulated providers are started; `folder`: what the gateway stores.
 */
export async function withLocalServices({ server, simulate, gatewayPort, folder }, use) {
  const stops = [];
  try {
    const simulator = await startSimulator(simulate);
    stops.push(simulator.stop);
    const gateway = await startKeptGateway({ simulator, port: gatewayPort, pageOrigin: server.origin, folder });
    stops.push(gateway.stop);
    const { runpod, runware } = simulator;
    server.answerWith(await pageListener({ runpod, runware, gateway: { url: gateway.url, apiKey: gateway.apiKey } }));
    const used = use({ simulator, gateway });
    const crashed = [crash("The simulated providers", simulator, used), crash("The gateway", gateway, used)];
    await Promise.race([used, ...crashed]);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Rejects if it ends by itself. Ctrl-C reaches it as well, and may end it before `used`. */
async function crash(name, { ended }, used) {
  const how = await ended;
  await Promise.race([used, new Promise((resolve) => setTimeout(resolve, 500))]);
  throw new Failure(`${name} stopped unexpectedly (${how})`);
}
