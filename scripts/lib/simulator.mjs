// Runs the simulated providers as a local process: the native server, or the package's command line.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure, root } from "./run.mjs";

/** What starts them from the built package. They need no compiler, which saves a minute of the first start. */
export const PACKAGED = {
  program: process.execPath,
  args: [join(root, "pkg", "dist", "cli", "filmgate.js"), "serve", "--simulate", "--json"],
};

/** Starts it and waits until it is ready: `{ origin, runpod, runware, stop, ended }`. */
export async function startSimulator({
  program = process.env.FILMGATE_SIM,
  port = 0,
  args = [],
} = {}) {
  if (!program) throw new Failure("FILMGATE_SIM is not set; `npm test` sets it");
  const child = spawn(program, [...args, "--port", String(port)], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  child.once("error", () => child.emit("close", "a missing program"));
  const stop = async () => {
    child.kill();
    await ended;
  };
  // It does not outlive this process.
  const kill = () => child.kill();
  process.once("exit", kill);
  ended.then(() => process.off("exit", kill));

  const lines = createInterface({ input: child.stdout });
  const line = once(lines, "line").then(([text]) => text);
  const early = ended.then((how) => {
    throw new Failure(`The simulated providers did not start: ${program} ended with ${how}`);
  });
  early.catch(() => {}); // Once it has started, its end is not a failure to start.
  const addresses = JSON.parse(await Promise.race([line, early]));
  return { ...addresses, stop, ended };
}
