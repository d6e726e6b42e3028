// The printed configurations: valid, started as they say, and without keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, workplace } from "./support.mjs";

const JSON_CLIENTS = ["claude-desktop", "claude-code", "cursor", "vscode", "windsurf"];

test("`--install` prints the configuration of each client, with references in place of keys", { timeout: 300_000 }, async (t) => {
  const { run } = workplace(t, { runpod: "http://127.0.0.1:1", runware: "http://127.0.0.1:1" });
  const { stdout: all, status } = run(["--install"]);
  assert.equal(status, 0);
  assert.ok(!all.includes(KEY));
  for (const name of JSON_CLIENTS) {
    const { stdout } = run(["--install", name, "--budget", "5", "--max-wait", "20"]);
    const { filmgate } = JSON.parse(stdout).mcpServers ?? JSON.parse(stdout).servers;
    const line = [filmgate.command, ...filmgate.args].join(" ");
    assert.match(line, /npx -y filmgate mcp --budget 5\.00 --max-wait 20$/, name);
    if (name === "claude-desktop") continue;
    assert.deepEqual(Object.keys(filmgate.env), ["RUNPOD_API_KEY", "RUNWARE_API_KEY"]);
    assert.match(filmgate.env.RUNWARE_API_KEY, /^\$\{(env:)?RUNWARE_API_KEY(:-)?\}$/);
    assert.ok(all.includes(JSON.stringify(filmgate.env.RUNWARE_API_KEY)));
  }
  const codex = run(["--install", "codex", "--simulate", "--folder", "a 'b"]).stdout;
  assert.match(codex, /^\[mcp_servers\.filmgate\]\ncommand = "npx"\nargs = \["-y","filmgate","mcp","--budget","1\.00","--folder",".*a 'b","--simulate"\]\n$/);
  assert.match(run(["--install", "codex"]).stdout, /env_vars = \["RUNPOD_API_KEY","RUNWARE_API_KEY"\]/);
  const unknown = run(["--install", "emacs"]);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /claude-desktop, claude-code, cursor, vscode, windsurf, codex/);
});

test("a reference that a client does not resolve is no key", { timeout: 300_000 }, async (t) => {
  const { server } = workplace(t, undefined, { RUNPOD_API_KEY: "${env:RUNPOD_API_KEY}", RUNWARE_API_KEY: "" });
  const agent = await server();
  assert.match(agent.stderr(), /There is no API key/);
});
