// The gateway in workerd on this machine, as a program of its own: it can be killed as hard as a machine that fails,
// and started again on what it had stored.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { modernNodeHere } from "./node.mjs";
import { Failure, must, root } from "./run.mjs";
import { digest } from "./build-cache.mjs";

const LOCAL = join(root, "worker", "local");
const CONFIG = join("worker", "wrangler.jsonc");

/** What goes into a bundle, beside the folder of its configuration. */
const COMMON = [
  "worker/package-lock.json",
  "worker/public",
  "worker/local",
  "pkg/package.json",
  "pkg/dist",
];

/**
 * Starts it beside the simulated providers, with a port, the same after a restart, and a folder of its own unless told:
 * `{ url, adminToken, createKey(), kill(), restart(), stop(), logs(), workerd(), data }`.
 *
 * `vars` are variables and secrets of worker/src/env.ts, `limits` other rate limits per minute (`{ READ_LIMITER: 1e6 }`),
 * `config` and `entry` another worker in place of the gateway.
 */
export async function startGateway({
  simulator,
  vars = {},
  limits = {},
  persist,
  port = 0,
  config = CONFIG,
  entry,
} = {}) {
  const bundle = await bundleOf(config, entry);
  const data = persist ?? mkdtempSync(join(tmpdir(), "filmgate-gateway-"));
  const adminToken = vars.ADMIN_TOKEN ?? randomBytes(32).toString("base64url");
  const env = { ...(simulator && beside(simulator)), ADMIN_TOKEN: adminToken, ...vars };
  const args = ["--config", join(root, config), "--bundle", bundle, "--data", data];
  for (const [name, limit] of Object.entries(limits)) args.push("--rate-limit", `${name}=${limit}`);

  let text = "";
  const hear = (more) => (text += more);
  let program = await startProgram([...args, "--port", port], env, hear);
  const { url } = program;
  const again = [...args, "--port", new URL(url).port];

  /** No farewell: workerd is gone at once, whatever it was at. */
  const kill = () => program.kill();
  const restart = async () => {
    await kill();
    program = await startProgram(again, env, hear);
  };
  const stop = async () => {
    await program.stop();
    if (!persist) rmSync(data, { recursive: true, force: true });
  };
  const createKey = (limits = {}) => postKey(url, adminToken, limits);
  const workerd = () => program.workerd;
  return { url, adminToken, createKey, kill, restart, stop, logs: () => text, workerd, data };
}

/** Variables that lead the gateway to the simulated providers, which are on this machine and take any key. */
const beside = ({ origin, runpod, runware }) => ({
  RUNPOD_API_KEY: "rpa_simulated",
  RUNWARE_API_KEY: "runware-simulated",
  RUNPOD_BASE_URL: runpod,
  RUNWARE_BASE_URL: runware,
  TRUSTED_ORIGINS: origin,
});

/** A new API key: `{ apiKey, id, … }`. `limits` is the request's body. */
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

/** The folder of a worker's bundle, made once for the same sources. */
export async function bundleOf(config = CONFIG, entry) {
  const sources = [config, join(config, "..", "src"), ...(entry ? [entry] : []), ...COMMON];
  const folder = join(root, "target", "gateway", digest(sources, [config]).slice(0, 16));
  if (existsSync(folder)) return folder;
  // Two test files may both be the first.
  const making = `${folder}.${process.pid}`;
  const args = [join(LOCAL, "bundle.mjs"), join(root, config), making];
  await must(modernNodeHere(), [...args, ...(entry ? [join(root, entry)] : [])], { quiet: true });
  try {
    renameSync(making, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(making, { recursive: true });
  }
  return folder;
}

async function startProgram(args, env, hear) {
  const child = spawn(modernNodeHere(), [join(LOCAL, "main.mjs"), ...args.map(String)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    // The channel tells it when we are gone.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (more) => {
    errors = (errors + more).slice(-4000);
    hear(more);
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const lines = createInterface({ input: child.stdout });
  const line = once(lines, "line").then(([said]) => JSON.parse(said));
  const early = ended.then((code) => {
    throw new Failure(`The gateway did not start: it ended with ${code}\n${errors}`);
  });
  early.catch(() => {}); // Once it has started, its end is no failure to start.
  const { url, workerd } = await Promise.race([line, early]);

  const kill = async () => {
    // The program first: it would start workerd again.
    child.kill("SIGKILL");
    try {
      process.kill(workerd, "SIGKILL");
    } catch {
      // Gone already.
    }
    await ended;
  };
  const stop = async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await ended;
  };
  return { url, workerd, kill, stop };
}
