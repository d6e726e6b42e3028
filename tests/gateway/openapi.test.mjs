// The OpenAPI document against the running gateway: schemathesis generates valid and invalid requests from it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pythonPackages } from "../../scripts/lib/python.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { gateway } from "./api.mjs";

const EXAMPLES = "5";

const programs = pythonPackages("tests/gateway");
const served = await gateway({ after });

test("the served document is that of the repository", async () => {
  const text = readFileSync(join(root, "worker", "public", "openapi.json"), "utf8");
  const { status, body } = await served.call("/openapi.json");
  assert.equal(status, 200);
  assert.deepEqual(body, JSON.parse(text));
});

test("every route is in the document, with its methods", async () => {
  const { body } = await served.call("/openapi.json");
  const documented = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).filter((name) => name !== "parameters").map((name) => `${name} ${path.replace(/\{\w+\}/g, "*")}`),
  );
  const source = readFileSync(join(root, "worker", "src", "admin", "index.ts"), "utf8");
  const routes = [...source.matchAll(/^api\s*\.(get|post|put|patch|delete)\("([^"]+)"[^\n]*?(?:\.(delete)\(|$)/gm)].flatMap(
    ([, method, path, second]) => [method, second].filter(Boolean).map((name) => `${name} /admin/api${path.replace(/:\w+/g, "*")}`),
  );
  assert.ok(routes.length > 20, `${routes.length} routes`);
  assert.deepEqual(routes.filter((route) => !documented.includes(route)), []);
});

test("every response conforms to the document", { timeout: 300_000 }, async () => {
  const apiKey = await served.createKey({ scopes: ["create", "read", "admin"] });
  // The events of all jobs are a stream that does not end.
  const options = ["--max-examples", EXAMPLES, "--seed", "1", "--no-color", "--exclude-path", "/admin/api/events"];
  const child = spawn(
    join(programs, "schemathesis"),
    [
      ...["--config-file", join(import.meta.dirname, "schemathesis.toml"), "run"],
      ...[`${served.url}/openapi.json`, "--header", `Authorization: Bearer ${apiKey}`, ...options],
    ],
    { cwd: served.data, env: { PATH: process.env.PATH, HOME: served.data, PYTHONUTF8: "1" } },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const [code] = await once(child, "close");
  assert.equal(code, 0, said);
  assert.match(said, /Tested: [2-9]\d/);
});
