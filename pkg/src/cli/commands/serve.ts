import { InvalidArgumentError } from "commander";
import { onCall, seconds, withExamples, withJson, withSimulate, type Configure } from "../command.js";
import { CliError } from "../errors.js";
import { Interrupt } from "../interrupt.js";
import { serveSimulator } from "../serve-simulator.js";

interface Options {
  simulate?: boolean;
  json?: boolean;
  port: number;
  host: string;
  jobDuration?: number;
}

const configure: Configure = (command, { terminal }) => {
  withSimulate(withJson(command))
    .option("--port <number>", "the port; 0 picks a free one", port, 8787)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--job-duration <seconds>", "how long a simulated job takes", seconds);
  withExamples(command, [
    ["Start it, and paste the printed lines into another shell", "filmgate serve --simulate"],
    ["For a program: one line of JSON when it is ready", "filmgate serve --simulate --port 0 --json"],
  ]);
  onCall(command, async ({ simulate, json, port, host, jobDuration }: Options) => {
    if (!simulate) {
      throw new CliError("`filmgate serve` serves simulated providers only: pass --simulate. A server for real videos is the gateway of the repository.");
    }
    const interrupt = new Interrupt();
    const { origin, close } = await serveSimulator({ port, host, jobDurationMs: jobDuration });
    const addresses = { origin, runpod: `${origin}/runpod/v2`, runware: `${origin}/runware/v1` };
    if (json) terminal.json(addresses);
    else {
      terminal.print(`export RUNPOD_BASE_URL=${addresses.runpod} RUNPOD_API_KEY=simulated`);
      terminal.print(`export RUNWARE_BASE_URL=${addresses.runware} RUNWARE_API_KEY=simulated`);
      terminal.note("Simulated providers are ready. Press Ctrl-C to end them.");
    }
    const { signal } = interrupt;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await close();
    interrupt.close();
    return interrupt.exitCode ?? 0;
  });
};

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return value;
}

export default configure;
