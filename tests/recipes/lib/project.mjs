// A recipe's project with what it installs, and its processes, which can be killed.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { digest, ifStale } from "../../../scripts/lib/build-cache.mjs";
import { withLock } from "../../../scripts/lib/file-lock.mjs";
import { root } from "../../../scripts/lib/run.mjs";
import { startSimulator } from "../../../scripts/lib/simulator.mjs";
import { temporaryFolder } from "../../../scripts/lib/temporary-folder.mjs";
import { npmPackages } from "../../../scripts/lib/tools.mjs";
import { freePort } from "../../free-port.mjs";

const PRELOAD = pathToFileURL(join(import.meta.dirname, "providers.mjs")).href;
export const JOB_MS = 1500;
/** A provider's key alone: the other provider is not used. */
export const KEYS = { runpod: { RUNPOD_API_KEY: "any" }, runware: { RUNWARE_API_KEY: "any" } };

/** The parts of the built package that npm installs. */
const PARTS = ["package.json", "dist"];

/** The folder of a recipe, with its packages and a copy of the built package, as npm installs it. */
export async function projectOf(name) {
  const folder = join("tests", "recipes", name);
  const copy = join(folder, "node_modules", "filmgate");
  // Two test files run one recipe at the same time: a copy that is the build stays as it is.
  await withLock(async () => {
    await npmPackages(folder);
    const inputs = PARTS.map((part) => join("pkg", part));
    await ifStale(`recipe-${name}`, digest(inputs), PARTS.map((part) => join(copy, part)), () => {
      rmSync(join(root, copy), { recursive: true, force: true });
      for (const part of PARTS) cpSync(join(root, "pkg", part), join(root, copy, part), { recursive: true });
    });
  });
  return join(root, folder);
}

/** A folder of the test's own. */
export const folderOf = () => temporaryFolder("recipe");

/** The simulated providers: `{ env, ledger() }`. */
export async function providers(t, { jobMs = JOB_MS } = {}) {
  const simulator = await startSimulator({ args: ["--job-duration-ms", String(jobMs)] });
  t.after(simulator.stop);
  const ledger = async () => (await fetch(`${simulator.origin}/control/ledger`)).json();
  const { runpod, runware } = simulator;
  return { simulator, env: { PROVIDERS: JSON.stringify({ runpod, runware }) }, ledger };
}

export const DAY_MS = 86_400_000;

/** Advances the clock of the providers: results expire. */
export const advance = ({ origin }, ms) => fetch(`${origin}/control/advance`, { method: "POST", body: JSON.stringify({ ms }) });

/** A program of a recipe as a server: `{ url, kill(), restart(), output() }`, on a port that a restart keeps. */
export async function server(t, { cwd, args, env = {}, node = process.execPath }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let output = "";
  let child;
  const start = async () => {
    child = spawn(node, ["--import", PRELOAD, ...args], {
      cwd,
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined, PORT: String(port), ...env },
      detached: true, // A group of its own, so that what it starts ends with it.
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const running = child;
    while (!(await listens(port))) {
      if (running.exitCode !== null) throw new Error(`${args.join(" ")} ended with ${running.exitCode}:\n${output}`);
      await sleep(50);
    }
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    process.kill(-child.pid, "SIGKILL");
    await closed;
  };
  t.after(kill);
  await start();
  const restart = async () => {
    await kill();
    await start();
  };
  return { url, kill, restart, start, output: () => output };
}

/** Asks again until it gets something. The limit only ends a test that hangs. */
export async function until(what, { times = 2_400, pauseMs = 50 } = {}) {
  for (let time = 0; time < times; time += 1) {
    const found = await what();
    if (found) return found;
    await sleep(pauseMs);
  }
  throw new Error(`It did not come: ${what}`);
}

async function listens(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Runs a program to its end; its output is in the error if it fails. */
export async function run(program, args, { cwd, env } = {}) {
  const options = { cwd, env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined, ...env }, maxBuffer: 1 << 26 };
  try {
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    throw new Error(`${args.join(" ")}:\n${error.stdout}\n${error.stderr}`);
  }
}
