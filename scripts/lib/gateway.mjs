// Runs the gateway in workerd as a local process: it can be killed like a failing machine and restarted with its
// stored data.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { modernNodeHere } from "./node.mjs";
import { Failure, root, run } from "./run.mjs";
import { digest } from "./build-cache.mjs";

const LOCAL = join(root, "worker", "local");
const CONFIG = join("worker", "wrangler.jsonc");

const MANY = 1_000_000;

/** Miniflare and wrangler are megabytes of JavaScript, which each gateway would compile anew. */
const COMPILE_CACHE = join(root, "target", "compile-cache");

/** The sources of a bundle, besides the folder of its configuration. */
const COMMON = [
  "package-lock.json",
  "worker/local",
  "pkg/package.json",
  "pkg/dist",
];

/**
 * Starts it beside the simulated providers, on a port that a restart keeps, and by default in a folder of its own:
 * `{ url, adminToken, createKey(), kill(), restart(), stop(), logs(), workerd(), data, ended }`, of which `ended` is a promise: it
 * has stopped, or was killed. Wrong keys are not limited.
 *
 * `vars` are variables and secrets of worker/src/env.ts, `limits` other rate limits per minute (`{ READ_LIMITER: 1e6 }`),
 * `config` and `entry` another worker in place of the gateway, `cronSeconds` how often its Cron Triggers run. It is a
 * program of its own, unless FILMGATE_GATEWAY_HOST names a host for many and `isOwnProcess` is not set.
 */
export async function startGateway({
  simulator,
  vars = {},
  limits = {},
  persist,
  port = 0,
  config = CONFIG,
  entry,
  cronSeconds,
  isOwnProcess = false,
} = {}) {
  const bundle = await bundleOf(config, entry);
  const data = persist ?? mkdtempSync(join(tmpdir(), "filmgate-gateway-"));
  const adminToken = vars.ADMIN_TOKEN ?? randomBytes(32).toString("base64url");
  const env = {
    ...(simulator && beside(simulator)),
    ADMIN_TOKEN: adminToken,
    AUTH_FAILURES_PER_MINUTE: MANY,
    // The account's limit, like that of the platform.
    ...(limits.CREATE_LIMITER && { CREATES_PER_MINUTE: limits.CREATE_LIMITER }),
    ...vars,
  };
  const allLimits = { ...(config === CONFIG && { AUTH_LIMITER: MANY }), ...limits };
  const options = { config: join(root, config), bundle, data, cronSeconds, limits: allLimits };
  const host = isOwnProcess ? undefined : process.env.FILMGATE_GATEWAY_HOST;
  const start = host ? (...given) => startInHost(host, ...given) : startProgram;

  let text = "";
  const onOutput = (more) => (text += more);
  let program = await start({ ...options, port }, env, onOutput);
  const { url } = program;

  /** Kills workerd immediately. */
  const kill = () => program.kill();
  const restart = async () => {
    await kill();
    program = await start({ ...options, port: Number(new URL(url).port) }, env, onOutput);
  };
  const stop = async () => {
    await program.stop();
    if (!persist) rmSync(data, { recursive: true, force: true });
  };
  const createKey = (limits = {}) => postKey(url, adminToken, limits);
  const workerd = () => program.workerd;
  return { url, adminToken, createKey, kill, restart, stop, logs: () => text, workerd, data, ended: program.ended };
}

/** Variables that lead the gateway to the simulated providers, which are on this machine and take any key. */
const beside = ({ origin, runpod, runware }) => ({
  RUNPOD_API_KEY: "rpa_simulated",
  RUNWARE_API_KEY: "runware-simulated",
  RUNPOD_BASE_URL: runpod,
  RUNWARE_BASE_URL: runware,
  TRUSTED_ORIGINS: origin,
});

/** A new account with an API key: `{ apiKey, id, accountId, … }`. `limits` is the request's body. */
async function postKey(url, adminToken, limits) {
  const answer = await fetch(`${url}/admin/api/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "test", ...limits }),
  });
  if (!answer.ok) throw new Failure(`No API key: ${answer.status} ${await answer.text()}`);
  const { key: apiKey, ...info } = await answer.json();
  return { apiKey, ...info };
}

const bundles = new Map();

/** The folder of a worker's bundle, made once for the same sources. In one process they stay the same. */
export function bundleOf(config = CONFIG, entry) {
  const key = `${config}\0${entry}`;
  if (!bundles.has(key)) bundles.set(key, findBundle(config, entry));
  return bundles.get(key);
}

async function findBundle(config, entry) {
  const sources = [config, join(config, "..", "src"), ...(entry ? [entry] : []), ...COMMON];
  const folder = join(root, "target", "gateway", digest(sources, [config]).slice(0, 16));
  if (existsSync(folder)) return folder;
  // Two test files may build it at the same time.
  const making = `${folder}.${process.pid}`;
  const args = [join(LOCAL, "bundle.mjs"), join(root, config), making];
  await run(modernNodeHere(), [...args, ...(entry ? [join(root, entry)] : [])], { quiet: true });
  try {
    renameSync(making, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(making, { recursive: true });
  }
  return folder;
}

const DEFAULT_CRON_SECONDS = 600;

/** Starts it in gateway-host.mjs, which listens at that path. */
async function startInHost(path, { cronSeconds = DEFAULT_CRON_SECONDS, ...options }, env, onOutput) {
  const socket = connect(path);
  await once(socket, "connect");
  const closed = once(socket, "close");
  const lines = createInterface({ input: socket });
  const started = new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const { log, failure, ...answer } = JSON.parse(line);
      if (log !== undefined) onOutput(log);
      else if (failure) reject(new Failure(`The gateway did not start: ${failure}`));
      else resolve(answer);
    });
    closed.then(() => reject(new Failure("The host of the gateways has ended")));
  });
  socket.write(`${JSON.stringify({ ...options, cronMs: cronSeconds * 1000, host: "127.0.0.1", env })}\n`);
  const { url, workerd } = await started;
  const kill = async () => {
    socket.end();
    await closed;
  };
  return { url, workerd, kill, stop: kill, ended: closed };
}

/** Starts gateway-host.mjs: the `path` to connect to, and `stop()`. */
export async function startGatewayHost() {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-host-"));
  const path = join(folder, "socket");
  const child = spawn(modernNodeHere(), [join(root, "scripts", "lib", "gateway-host.mjs"), path], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await Promise.race([once(child.stdout, "data"), ended.then(() => { throw new Failure("The host of the gateways did not start"); })]);
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { path, stop };
}

/** Starts worker/local/main.mjs. */
async function startProgram({ config, bundle, data, port, cronSeconds, limits }, env, onOutput) {
  const args = ["--config", config, "--bundle", bundle, "--data", data, "--port", port];
  if (cronSeconds !== undefined) args.push("--cron-seconds", cronSeconds);
  for (const [name, limit] of Object.entries(limits)) args.push("--rate-limit", `${name}=${limit}`);
  const child = spawn(modernNodeHere(), [join(LOCAL, "main.mjs"), ...args.map(String)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    // It exits when the channel closes.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (more) => {
    errors = (errors + more).slice(-4000);
    onOutput(more);
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const lines = createInterface({ input: child.stdout });
  const line = once(lines, "line").then(([text]) => JSON.parse(text));
  const early = ended.then((code) => {
    throw new Failure(`The gateway did not start: it ended with ${code}\n${errors}`);
  });
  early.catch(() => {}); // Once it has started, its end is not a failure to start.
  const { url, workerd } = await Promise.race([line, early]);

  const kill = async () => {
    // The program first: it would restart workerd.
    child.kill("SIGKILL");
    try {
      process.kill(workerd, "SIGKILL");
    } catch {
      // Already gone.
    }
    await ended;
  };
  const stop = async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await ended;
  };
  return { url, workerd, kill, stop, ended };
}
