// The simulated providers as a program of this machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Failure, root } from "./run.mjs";

/** Starts it and waits for its one line: `{ origin, runpod, runware, stop, ended }`. */
export async function startSimulator({
  program = process.env.FILMGATE_SIM,
  port = 0,
  args = [],
} = {}) {
  if (!program) throw new Failure("FILMGATE_SIM names no program; `npm test` sets it");
  const child = spawn(program, ["--port", String(port), ...args], {
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
  // Nobody who starts it has to remember it: it does not outlive us.
  const kill = () => child.kill();
  process.once("exit", kill);
  ended.then(() => process.off("exit", kill));

  const lines = createInterface({ input: child.stdout });
  const line = once(lines, "line").then(([text]) => text);
  const early = ended.then((how) => {
    throw new Failure(`The simulated providers did not start: ${program} ended with ${how}`);
  });
  early.catch(() => {}); // Once it has started, its end is no failure to start.
  const addresses = JSON.parse(await Promise.race([line, early]));
  return { ...addresses, stop, ended };
}
