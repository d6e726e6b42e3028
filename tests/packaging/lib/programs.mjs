// Runs the consumers' tools and runtimes.
import { execFile, spawn } from "node:child_process";
import { once as event } from "node:events";
import { connect } from "node:net";
import { delimiter, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify, stripVTControlCharacters } from "node:util";
import { freePort } from "../../free-port.mjs";

const QUIET = {
  NO_COLOR: "1",
  CI: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
};

/** What a program prints. Its error says what it printed, too. */
export async function output(program, args, { cwd, node, env } = {}) {
  const options = { cwd, env: { ...environment(node), ...env }, maxBuffer: 1 << 26, timeout: 300_000 };
  try {
    return (await promisify(execFile)(program, args, options)).stdout.trim();
  } catch (error) {
    const words = stripVTControlCharacters(`${error.stdout}\n${error.stderr}`).trim();
    throw new Error(`\`${[program, ...args].join(" ")}\`: ${words || error.message}`);
  }
}

/** The report that a script prints as its last line. */
export async function report(...command) {
  return JSON.parse((await output(...command)).split("\n").at(-1));
}

/**
 * Starts `npm run <script>` in a project, at a port that `at` puts into arguments; answers with its
 * origin once it listens, and ends it with the test. `node` is the one that it runs on.
 */
export async function served(t, { cwd, node, script, at = (port) => ["--port", port] }) {
  const port = await freePort();
  const command = ["run", script, "--", ...at(String(port))];
  const child = spawn("npm", command, {
    cwd,
    env: environment(node),
    detached: true, // A group of its own, so that what npm starts ends with it.
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (words += text));
  const kill = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  process.once("exit", kill);
  t.after(async () => {
    process.off("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await event(child, "close");
  });
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`\`npm ${command.join(" ")}\`: ${words}`);
    await sleep(100);
  }
  return `http://localhost:${port}`;
}

/** The videos that the server of a consumer returns. */
export async function ask(origin, providers) {
  const response = await fetch(`${origin}/generate?${new URLSearchParams(providers)}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${text}`);
  return JSON.parse(text);
}

function environment(node) {
  const path = process.env.PATH;
  return {
    ...process.env,
    ...QUIET,
    PATH: node ? `${dirname(node)}${delimiter}${path}` : path,
    // What runs the tests is nothing of the consumer's: it would think that it is tested itself.
    NODE_TEST_CONTEXT: undefined,
    NODE_OPTIONS: undefined,
  };
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "localhost", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

