// Starts a client's process and collects its jobs' results.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { deno } from "../../tests/packaging/lib/runtimes.mjs";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

const runtimes = {
  node: () => [modernNodeHere(), []],
  deno: () => [deno.program, ["run", "--allow-all", "--no-lock", "--quiet"]],
};

/**
 * Returns `{ ended, kill() }`: `ended` resolves after the process has exited with the result of
 * each job by name, `{ video, at }` or `{ error, at }`; a job that never ended is missing.
 */
export function startClient({ code }, task, jobs, patienceMs, runtime = "node") {
  const [program, args] = runtimes[runtime]();
  const child = spawn(program, [...args, WORKER], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ends = {};
  child.on("message", ({ job, ...end }) => (ends[job] = end));
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(kill, patienceMs);
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ ends, code });
    });
  });
  child.send({ code, task, jobs });
  return { ended, kill };
}
