// Runs the built command as its users do: as a process, with a folder and an environment of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../scripts/lib/run.mjs";
import { waitFor } from "../client/support.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary-folder.mjs";

export const PROGRAM = join(root, "pkg", "dist", "cli", "filmgate.js");
export const KEY = "rk-a-key-that-no-one-may-see-4711";
export const PROMPT = "A lighthouse in the rain";
/** A request that both providers support. */
export const REQUEST = [PROMPT, "--model", "wan-2.6", "--duration", "5", "--resolution", "720p"];

/** A job takes so long at the simulated providers of `--simulate`. */
const SIMULATED_JOB_MS = 300;

/** A folder with a store, in which commands run: `{ cwd, env, run, start }`. */
export function workplace(t, more = {}) {
  const cwd = temporaryFolder("cli");
  const { PATH, HOME, SystemRoot } = process.env;
  const env = {
    PATH, HOME, SystemRoot,
    FILMGATE_STORE: join(cwd, "store"),
    FILMGATE_SIMULATED_JOB_MS: String(SIMULATED_JOB_MS),
    ...more,
  };
  const start = (args, options = {}) => startProgram(t, args, { cwd, env: { ...env, ...options.env } });
  const run = async (args, { input, ...options } = {}) => {
    const child = start(args, options);
    child.process.stdin.end(input);
    return child.ended;
  };
  return { cwd, env, start, run };
}

/** The environment that leads to simulated providers over HTTP, with keys. */
export const environmentOf = ({ runpod, runware }) => ({
  RUNPOD_BASE_URL: runpod, RUNWARE_BASE_URL: runware, RUNPOD_API_KEY: KEY, RUNWARE_API_KEY: KEY,
});

function startProgram(t, args, options) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { ...options, stdio: ["pipe", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const seen = { stdout: [], stderr: "" };
  const lines = [];
  child.stdout.on("data", (data) => seen.stdout.push(data));
  child.stderr.on("data", (data) => (seen.stderr += data));
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = once(child, "close").then(([code, signal]) => {
    const bytes = Buffer.concat(seen.stdout);
    return { code: code ?? signal, bytes, stdout: bytes.toString(), stderr: seen.stderr };
  });
  let isOver = false;
  ended.then(() => (isOver = true));
  return {
    process: child,
    ended,
    /** The first event of `--json` with that name, which may have more fields. */
    event: async (name, fields = {}) => {
      const find = () => lines.map((line) => JSON.parse(line)).find((one) =>
        one.event === name && Object.entries(fields).every(([field, value]) => one[field] === value));
      await waitFor(() => find() ?? isOver);
      assert.ok(find(), `it ended without \`${name}\`: ${lines.join("\n")}\n${seen.stderr}`);
      return find();
    },
    /** Resolves once stderr has the text. */
    noted: async (text) => {
      await waitFor(() => seen.stderr.includes(text) || isOver);
      assert.ok(seen.stderr.includes(text), seen.stderr);
    },
    kill: async (signal = "SIGKILL") => {
      child.kill(signal);
      return ended;
    },
  };
}

/**
 * Runs it in a pseudo-terminal; returns `{ code, frames, text }`: frames are `[seconds, "o", output]`. The terminal is
 * closed once `closed` resolves.
 */
export async function inTerminal({ cwd, env }, args, { input = [], columns = 80, rows = 24, closed, ...more } = {}) {
  const work = { command: [process.execPath, PROGRAM, ...args], columns, rows, input };
  const child = spawn("python3", [join(import.meta.dirname, "pseudo_terminal.py"), JSON.stringify(work)], {
    cwd, env: { ...env, TERM: "xterm-256color", ...more.env }, stdio: ["ignore", "pipe", "inherit"],
  });
  void closed?.then(() => child.kill("SIGUSR1"));
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  const { code } = lines.pop();
  return { code, frames: lines, text: lines.map(([, , data]) => data).join("") };
}

/** The text without escape sequences. */
export const plain = (text) => text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replace(/\x1b[78]/g, "");

/** The lines of `--json`. */
export const events = ({ stdout }) => stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
