// Starts the built server as its clients do, and drives it with the SDK's own client.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../scripts/lib/run.mjs";
import { waitFor } from "../client/support.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary-folder.mjs";

const sdk = createRequire(join(root, "pkg", "src", "mcp", "package.json"));
const from = (path) => sdk(`@modelcontextprotocol/sdk/${path}`);
const { Client } = from("client/index.js");
const { StdioClientTransport } = from("client/stdio.js");
const { StreamableHTTPClientTransport } = from("client/streamableHttp.js");
const { AjvJsonSchemaValidator } = from("validation/ajv-provider.js");

export const PROGRAM = join(root, "pkg", "dist", "cli", "filmgate.js");
export const KEY = "rk-a-key-that-no-one-may-see-4711";
export const PROMPT = "A lighthouse in the rain, seen by nobody";
/** Costs 0.50 dollars at both providers. */
export const REQUEST = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
export const PRICE = 0.5;

/** A folder with a store, in which servers run against simulated providers over HTTP. */
export function workplace(t, sim, more = {}) {
  const cwd = temporaryFolder("mcp");
  const { PATH, HOME, SystemRoot } = process.env;
  const providers = sim && { RUNPOD_BASE_URL: sim.runpod, RUNWARE_BASE_URL: sim.runware, RUNPOD_API_KEY: KEY, RUNWARE_API_KEY: KEY };
  const env = { PATH, HOME, SystemRoot, FILMGATE_STORE: join(cwd, "store"), ...providers, ...more };
  return {
    cwd, env,
    server: (args = []) => stdioServer(t, { cwd, env, args }),
    http: (args = [], variables = {}) => httpServer(t, { cwd, env: { ...env, ...variables }, args }),
    run: (args) => spawnSync(process.execPath, [PROGRAM, "mcp", ...args], { cwd, env, encoding: "utf8" }),
  };
}

/** A server over HTTP: its URL, and the token that it prints. */
async function httpServer(t, { cwd, env, args }) {
  const child = spawn(process.execPath, [PROGRAM, "mcp", "--http", "0", ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const seen = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].on("data", (data) => (seen[name] += data));
  await waitFor(() => /oken/.test(seen.stderr) || child.exitCode !== null);
  const [, url] = /ready: (\S+)/.exec(seen.stderr) ?? assert.fail(seen.stderr);
  const [, token] = /Bearer token: (\S+)/.exec(seen.stderr) ?? [];
  return { url, token, seen, child };
}

/** A server over stdio, with a client. */
async function stdioServer(t, { cwd, env, args }) {
  const transport = new StdioClientTransport({ command: process.execPath, args: [PROGRAM, "mcp", ...args], cwd, env, stderr: "pipe" });
  let stderr = "";
  transport.stderr.on("data", (data) => (stderr += data));
  const agent = await connected(t, transport);
  const { pid } = transport;
  return {
    ...agent,
    stderr: () => stderr,
    kill: async (signal = "SIGKILL") => {
      process.kill(pid, signal);
      await waitFor(() => !isRunning(pid));
    },
    pid,
  };
}

export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A client of a server over HTTP. */
export const httpAgent = (t, url, token) =>
  connected(t, new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }));

async function connected(t, transport) {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  t.after(() => client.close());
  const { tools } = await client.listTools();
  const validator = new AjvJsonSchemaValidator();
  const raw = (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, undefined, options);
  return {
    client, tools, raw,
    /** The data of a call that succeeds. It fits the tool's output schema, and its text is the same. */
    call: async (name, args, options) => {
      const result = await raw(name, args, options);
      assert.ok(!result.isError, result.content[0]?.text);
      const check = validator.getValidator(tools.find((tool) => tool.name === name).outputSchema)(result.structuredContent);
      assert.ok(check.valid, `${name}: ${check.errorMessage}`);
      assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
      return Object.defineProperty(result.structuredContent, "links", { value: result.content.slice(1) });
    },
    /** The error of a call that fails. */
    failing: async (name, args, code) => {
      const result = await raw(name, args);
      assert.equal(result.isError, true, JSON.stringify(result.structuredContent));
      const error = JSON.parse(result.content[0].text);
      assert.equal(error.code, code, error.message);
      return error;
    },
  };
}

/** Waits for the end of a job, as an agent does. */
export async function finished(agent, id, options) {
  for (;;) {
    const job = await agent.call("wait", { id }, options);
    if (job.hasEnded) return job;
  }
}

export const accepted = ({ submissions }) => submissions.filter(({ outcome }) => outcome === "accepted");
