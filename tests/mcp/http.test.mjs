// Streamable HTTP: only who has the token, by the name of this machine, reaches the tools.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { simulator } from "../client/support.mjs";
import { REQUEST, finished, httpAgent, workplace } from "./support.mjs";

const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

/** The status of a request with any headers, as no fetch sends them. */
async function statusOf(url, { token, method = "POST", path = "/mcp", body = LIST, ...headers }) {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  const all = {
    host: `127.0.0.1:${port}`, accept: "application/json, text/event-stream", "content-type": "application/json",
    "content-length": Buffer.byteLength(body), connection: "close", ...(token && { authorization: `Bearer ${token}` }), ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  const [head] = await once(socket, "data");
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
}

test("an agent generates a video over HTTP with the printed token, with progress", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const { http } = workplace(t, sim);
  const { url, token, seen } = await http();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
  const agent = await httpAgent(t, url, token);
  const { id } = await agent.call("submit", { request: REQUEST, maxCostUsd: 1 });
  const reports = [];
  // The job ends once there was a report of it.
  const onprogress = (report) => reports.push(report) === 1 && void sim.control("advance", { ms: 600_000 });
  assert.equal((await finished(agent, id, { onprogress })).status, "completed");
  assert.ok(reports.length > 0);
  assert.equal((await agent.call("download", { id })).files.length, 1);
  assert.equal(seen.stdout, "");
});

test("without the token, by another host name, or from a page, every request is refused", { timeout: 300_000 }, async (t) => {
  const { http } = workplace(t);
  const { url, token } = await http(["--simulate"]);
  const { port } = new URL(url);
  const good = { token };
  assert.equal(await statusOf(url, good), 200);
  assert.equal(await statusOf(url, { ...good, host: `localhost:${port}` }), 200);
  assert.equal(await statusOf(url, { ...good, origin: `http://127.0.0.1:${port}` }), 200);
  for (const headers of [{}, { token: "wrong" }, { authorization: token }, { authorization: `Basic ${token}` }, { path: `/mcp?token=${token}` }]) {
    assert.equal(await statusOf(url, headers), 401, JSON.stringify(headers));
  }
  for (const host of ["evil.example", `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, "127.0.0.1", `127.0.0.1:1`, `0.0.0.0:${port}`]) {
    assert.equal(await statusOf(url, { ...good, host }), 403, host);
  }
  for (const origin of ["null", "https://evil.example", `https://127.0.0.1:${port}`, "http://localhost", `http://localhost:${port}.evil.example`]) {
    assert.equal(await statusOf(url, { ...good, origin }), 403, origin);
  }
  assert.equal(await statusOf(url, { ...good, path: "/" }), 404);
  assert.equal(await statusOf(url, { ...good, method: "GET", body: "" }), 405);
  assert.equal(await statusOf(url, { ...good, body: "{" }), 400);
});

test("a token of the environment is used and not printed, and one that is too short is refused", { timeout: 300_000 }, async (t) => {
  const { http } = workplace(t);
  const FILMGATE_MCP_TOKEN = "a-token-of-the-environment";
  const { url, token, seen, child } = await http(["--simulate"], { FILMGATE_MCP_TOKEN });
  assert.equal(token, undefined);
  assert.ok(!seen.stderr.includes(FILMGATE_MCP_TOKEN));
  const { tools } = await httpAgent(t, url, FILMGATE_MCP_TOKEN);
  assert.equal(tools.length, 9);
  child.kill("SIGINT");
  assert.deepEqual(await once(child, "close"), [130, null]);
  await assert.rejects(http(["--simulate"], { FILMGATE_MCP_TOKEN: "short" }), /too short/);
});

test("a port that is in use ends the command", { timeout: 300_000 }, async (t) => {
  const { http, run } = workplace(t);
  const { url } = await http(["--simulate"]);
  const { status, stderr } = run(["--simulate", "--http", new URL(url).port]);
  assert.equal(status, 2);
  assert.match(stderr, /Pass another one with --http/);
});
