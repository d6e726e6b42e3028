// What is misconfigured is said, where requests would only be refused.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { waitFor } from "./job/jobs.mjs";
import { linesOf, openKeys } from "./keys.mjs";

const PUBLIC_URL = "https://gateway.example";
const served = await openKeys({ after }, { vars: { RUNWARE_API_KEY: "x", PUBLIC_URL } });

test("an admin token that is missing or too short is told by /healthz and in the log", async (t) => {
  const { ok, problems, providers } = await served.ask(undefined, "GET", "/healthz");
  assert.deepEqual([ok, problems, providers], [true, [], ["runware"]]);
  for (const [ADMIN_TOKEN, code] of [["x".repeat(31), "admin_token_too_short"], ["", "admin_token_missing"]]) {
    const one = await openKeys(t, { vars: { ADMIN_TOKEN, RUNWARE_API_KEY: "x" } });
    const health = await one.ask(undefined, "GET", "/healthz");
    assert.deepEqual([health.http, health.ok, health.problems.map((problem) => problem.code)], [200, false, [code]]);
    assert.match(health.problems[0].message, /ADMIN_TOKEN .* openssl rand -base64 32/);
    const lines = await waitFor(() => {
      const found = linesOf(one.gateway, "error").filter((line) => line.step === "configuration");
      return found.length > 0 && found;
    });
    assert.deepEqual(lines.map((line) => line.code), [code]);
  }
});

test("without a provider's key, that is told", async (t) => {
  const one = await openKeys(t);
  const { problems } = await one.ask(undefined, "GET", "/healthz");
  assert.deepEqual(problems.map(({ code }) => code), ["no_provider"]);
});

test("variables that cannot be read are told, without their values", async (t) => {
  const wrong = {
    PUBLIC_URL: "gateway.example",
    CORS_ORIGINS: "https://app.example, https://other.example/",
    RUNPOD_BASE_URL: "user:secret@host",
    RETENTION_DAYS: "a week",
    CREATES_PER_MINUTE: "-1",
    UNKNOWN_CHARGES: "generation_failed=free@1h",
  };
  const one = await openKeys(t, { vars: { RUNWARE_API_KEY: "x", ...wrong } });
  const { ok, problems } = await one.ask(undefined, "GET", "/healthz");
  assert.equal(ok, false);
  assert.deepEqual(problems.map(({ code, message }) => [code, message.split(" ")[0]]), Object.keys(wrong).map((name) => ["invalid_variable", name]));
  assert.doesNotMatch(JSON.stringify(problems), /secret|a week/);
});

test("a gateway that is reached by TLS says so for a year, and any other does not", async (t) => {
  const secure = await served.ask(undefined, "GET", "/healthz");
  assert.equal(secure.headers.get("strict-transport-security"), "max-age=31536000");
  const plain = await openKeys(t);
  const { headers } = await plain.ask(undefined, "GET", "/healthz");
  assert.equal(headers.get("strict-transport-security"), null);
});

test("with a jurisdiction, every object is in it", async () => {
  const objects = [
    ...["ACCOUNTS % acct_1", "JOB_INDEX % acct_1", "REGISTRY % registry", "JOBS % 1", "JOBS % new"],
    ...["BATCHES % 1", "BATCHES % batch", "PROVIDER_HEALTH % runware"],
  ];
  const reached = (place) => objects.map((one) => one.replace("%", place));
  const config = readFileSync(join(root, "worker", "wrangler.jsonc"), "utf8");
  const bindings = [...config.matchAll(/"name": "(\w+)", "class_name"/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(objects.map((one) => one.split(" ")[0]))].sort(), bindings.sort(), "all kinds");
  assert.deepEqual(await served.run("located", "eu"), reached("eu"));
  assert.deepEqual(await served.run("located"), reached("anywhere"));
});

test("a gateway that listens beyond this machine needs PUBLIC_URL", () => {
  const start = (host) => {
    const main = join(root, "worker", "local", "main.mjs");
    const args = [main, "--host", host, "--port", "0", "--bundle", "/nowhere"];
    return spawnSync(modernNodeHere(), args, { env: { PATH: process.env.PATH }, encoding: "utf8" });
  };
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.com"]) {
    const { status, stderr } = start(host);
    assert.equal(status, 1);
    assert.match(stderr, /Set PUBLIC_URL, such as https:\/\/gateway\.example/);
  }
  assert.doesNotMatch(start("127.0.0.1").stderr, /PUBLIC_URL/);
});
