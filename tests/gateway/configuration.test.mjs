// What is misconfigured is said, where requests would only be refused.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { waitFor } from "./job/jobs.mjs";
import { linesOf, openKeys } from "./keys.mjs";

const PUBLIC_URL = "https://gateway.example";
const served = await openKeys({ after }, { vars: { RUNWARE_API_KEY: "x", PUBLIC_URL } });

/** Each of the wrong variables is told, by its name. */
function assertNamed(problems, wrong) {
  const told = problems.map(({ code, message }) => [code, message.split(" ")[0]]);
  assert.deepEqual(told, Object.keys(wrong).map((name) => ["invalid_variable", name]));
}

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
  assertNamed(problems, wrong);
  assert.doesNotMatch(JSON.stringify(problems), /secret|a week/);
});

test("what healthz calls fine works: spaces and line ends around a value are none of it", async (t) => {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
  t.after(() => simulator.stop());
  const values = {
    ADMIN_TOKEN: "x".repeat(44),
    RUNPOD_API_KEY: "rpa_simulated",
    RUNWARE_API_KEY: "",
    PUBLIC_URL,
    DEFAULT_MODEL: "wan-2.6",
    RUNPOD_BASE_URL: `${simulator.runpod}/`,
    TRUSTED_ORIGINS: simulator.origin,
    UNKNOWN_CHARGES: "content_policy_violation=not_charged@1h, submission_unknown=charged@3d, completed=charged@3d",
    CREATES_PER_MINUTE: "5",
    RETENTION_DAYS: "7",
  };
  const vars = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, ` ${text} \r`]));
  const one = await openKeys(t, { simulator, vars });
  const { ok, problems, providers } = await one.ask(undefined, "GET", "/healthz");
  assert.deepEqual([ok, problems, providers], [true, [], ["runpod"]]);
  const { http, key } = await one.ask(values.ADMIN_TOKEN, "POST", "/admin/api/keys", { name: "team" });
  assert.equal(http, 201);
  const { id } = await one.ask(key, "POST", "/v1/videos", { prompt: "A boat" });
  const video = await waitFor(async () => {
    const latest = await one.ask(key, "GET", `/v1/videos/${id}`);
    return ["completed", "failed"].includes(latest.status) && latest;
  });
  assert.deepEqual([video.status, video.error], ["completed", null]);
  assert.match(video.filmgate.outcome.videos[0].url, /^https:\/\/gateway\.example\/v1\//);
});

test("an admin token that no request can carry is told", async (t) => {
  for (const ADMIN_TOKEN of ["correct horse battery staple correct horse", `fgw_${"x".repeat(44)}`, "ü".repeat(44)]) {
    const one = await openKeys(t, { vars: { ADMIN_TOKEN, RUNWARE_API_KEY: "x" } });
    const { problems } = await one.ask(undefined, "GET", "/healthz");
    assert.deepEqual(problems.map(({ code }) => code), ["admin_token_invalid"], ADMIN_TOKEN);
    assert.doesNotMatch(JSON.stringify(problems), /horse|xxx|üü/);
  }
});

test("a value with which nothing works is told, and a number that is none leaves the default", async (t) => {
  const wrong = {
    RUNPOD_API_KEY: "two words",
    RUNPOD_BASE_URL: "https://user:secret@provider.example/v2",
    RECONCILE_WINDOW_MINUTES: "-1",
    CREATES_PER_MINUTE: "0.5",
    AUTH_FAILURES_PER_MINUTE: "-20",
    UNKNOWN_CHARGES: "content_policy=not_charged@1h",
  };
  const one = await openKeys(t, { vars: { RUNWARE_API_KEY: "x", ...wrong } });
  const { problems } = await one.ask(undefined, "GET", "/healthz");
  assertNamed(problems, wrong);
  assert.doesNotMatch(JSON.stringify(problems), /secret|two words/);
  const { key } = await one.admin("POST", "/keys", { name: "team" });
  const request = { prompt: "A boat", filmgate: { provider: "runware" } };
  assert.equal((await one.ask(key, "POST", "/v1/videos", request)).http, 200);
  assert.equal((await one.ask("x".repeat(40), "GET", "/v1/videos")).http, 401);
  assert.equal((await one.admin("GET", "/keys")).http, 200, "one wrong key blocks nobody");
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
