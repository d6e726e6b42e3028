// CATALOG_URL is fetched by the Cron Trigger, once an hour. Whatever fails, the last catalog stays in use.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { host, waitFor } from "./api.mjs";
import { broken, document, model, REQUEST } from "./catalog/documents.mjs";
import { openStorage } from "./storage/gateway.mjs";

const HOUR = 3_600_000;
const SECRET = "s3cr3t";
const requests = [];
/** What the host answers: a response, or nothing, which ends the connection. */
let answer = () => ({ body: JSON.stringify(document(model("dream-9", 0.2))), headers: { etag: '"one"' } });
const origin = await host({ after }, (request, response) => {
  requests.push(request.headers);
  const { status = 200, headers = {}, body = "" } = answer(request) ?? {};
  if (!answer(request)) return response.destroy();
  response.writeHead(status, headers);
  response.end(body);
});
const gateway = await openStorage(
  { after },
  { vars: (simulator) => ({ CATALOG_URL: `${origin}/catalog.json?key=${SECRET}`, TRUSTED_ORIGINS: `${origin},${simulator.origin}` }) },
);
const { call, admin } = gateway;
const apiKey = await gateway.createKey();

/** The Cron Trigger at its next time after an hour; each call is an hour later. */
let hours = 0;
const nextHour = () => gateway.inside("scheduled", ++hours * HOUR);
const soon = () => gateway.inside("scheduled", hours * HOUR + 600_000);
const view = async () => (await admin("catalog")).body;
const price = async () => (await call("/v1/quotes", { apiKey, json: REQUEST })).body.data?.[0].maxUsd;
const attention = async () => (await admin("overview")).body.attention.filter(({ kind }) => kind === "catalog");

test("a newer catalog is fetched once an hour, and only if it is another one", async () => {
  // The triggers run once when the gateway starts.
  const first = await waitFor(async () => (await view()).url.fetchedAt && view());
  assert.partialDeepStrictEqual(first, { source: "url", ownModelCount: 1, url: { error: null } });
  assert.equal(await price(), 1);
  await soon();
  assert.equal(requests.length, 1);
  answer = ({ headers }) => (headers["if-none-match"] === '"one"' ? { status: 304 } : { body: "{}" });
  await nextHour();
  assert.equal(requests.length, 2);
  assert.equal(requests[1]["if-none-match"], '"one"');
  const second = await view();
  assert.deepEqual([second.version, second.storedAt, second.url.error], [first.version, first.storedAt, null]);
});

test("a catalog that cannot be fetched or read changes nothing, is shown, and is tried again soon", async () => {
  const { version } = await view();
  const valid = JSON.stringify(document(model("dream-9", 0.7)));
  for (const [name, broken, words] of [
    ["an error", () => ({ status: 500 }), /HTTP 500/],
    ["no response", () => undefined, /cannot be reached/],
    ["no JSON", () => ({ body: "<html>" }), /not JSON/],
    ["too many bytes", () => ({ body: valid + " ".repeat(1_000_001) }), /more than 1,000,000 bytes/],
    ["a private redirect", () => ({ status: 302, headers: { location: "http://169.254.169.254/catalog" } }), /not a public https URL/],
    ["a redirect without TLS", () => ({ status: 302, headers: { location: "http://catalog.example/" } }), /not a public https URL/],
  ]) {
    answer = broken;
    await nextHour();
    const now = await view();
    assert.equal(now.version, version, name);
    assert.match(now.url.error, words, name);
    assert.equal(await price(), 1, name);
    const [shown] = await attention();
    assert.match(shown.message, words, name);
    assert.match(shown.message, /The last catalog stays in use\.$/);
    const before = requests.length;
    await soon();
    assert.ok(requests.length > before, `${name}: tried again`);
  }
  assert.ok(!gateway.logs().includes(SECRET));
  assert.ok(!JSON.stringify([await view(), await attention()]).includes(SECRET));
});

test("once it can be fetched again it is used, and entries that are left out are shown", async () => {
  answer = () => ({ body: JSON.stringify(document(model("dream-9", 0.3), broken("dream-10"))) });
  await soon();
  const { leftOut, url } = await view();
  assert.deepEqual([leftOut.map(({ model }) => model), url.error], [["dream-10"], null]);
  assert.equal(await price(), 1.5);
  assert.match((await attention())[0].message, /^1 model of the catalog at CATALOG_URL cannot be used\.$/);
});

test("an uploaded catalog goes before it, until that is taken back", async () => {
  await admin("catalog", { method: "PUT", json: document(model("dream-9", 0.9)) });
  const before = requests.length;
  await nextHour();
  assert.equal(requests.length, before);
  assert.equal(await price(), 4.5);
  await admin("catalog", { method: "DELETE" });
  await nextHour();
  assert.equal(await price(), 1.5);
});

test("a fetched catalog that is taken back does not return before it has changed", async () => {
  assert.equal((await admin("catalog", { method: "DELETE" })).body.source, "built_in");
  await nextHour();
  assert.equal(await price(), undefined);
  answer = () => ({ body: JSON.stringify(document(model("dream-9", 0.4))) });
  await nextHour();
  assert.equal(await price(), 2);
});

test("a variable that is no https URL is told by /healthz, and fetches nothing", async (t) => {
  const other = await openStorage(t, { vars: { CATALOG_URL: "http://catalog.example/catalog.json" } });
  const { problems } = (await other.call("/healthz")).body;
  assert.match(problems.find(({ code }) => code === "invalid_variable").message, /^CATALOG_URL must be a public https URL/);
  await other.inside("scheduled");
  assert.match((await other.admin("catalog")).body.url.error, /not a public https URL/);
});
