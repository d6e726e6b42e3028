// The local engine as a server of others: what it takes from a request, and what it adds to the worker.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";

const CONFIG = "tests/gateway/self-hosted/wrangler.jsonc";
const PUBLIC_URL = "https://gateway.example";

let bare;
let named;
before(async () => {
  bare = await startGateway({ config: CONFIG, isOwnProcess: true });
  named = await startGateway({ config: CONFIG, vars: { PUBLIC_URL }, isOwnProcess: true });
});
after(async () => {
  await bare?.stop();
  await named?.stop();
});

/** A request with headers that `fetch` does not allow: `{ status, body }`. */
function get({ url }, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const call = request(url + path, { headers }, async (response) => {
      const body = (await response.toArray()).join("");
      resolve({ status: response.statusCode, body: response.statusCode === 200 ? JSON.parse(body) : body });
    });
    call.once("error", reject).end();
  });
}

test("without PUBLIC_URL only this machine is answered, so no stranger names the origin of signed URLs", async () => {
  for (const host of ["127.0.0.1", "localhost:8787", "[::1]:8787"]) {
    assert.equal((await get(bare, "/", { host })).status, 200, host);
  }
  for (const host of ["evil.example", "127.0.0.1.evil.example", "192.168.1.10:8787"]) {
    const { status, body } = await get(bare, "/", { host });
    assert.equal(status, 421, host);
    assert.match(body, /PUBLIC_URL/);
  }
  assert.equal((await get(named, "/", { host: "gateway.example" })).status, 200);
});

test("no header replaces the URL of a request", async () => {
  const headers = { host: "gateway.example", "x-forwarded-proto": "https", "mf-original-url": "http://evil.example/x" };
  assert.equal((await get(named, "/here", headers)).body.url, "http://gateway.example/here");
});

test("the client's address is the one that the proxy appended, never one that the client claims", async () => {
  const addressOf = async (headers) => (await get(named, "/", headers)).body.address;
  assert.equal(await addressOf({ "cf-connecting-ip": "10.0.0.1" }), null);
  assert.equal(await addressOf({ "x-forwarded-for": "10.0.0.1, 203.0.113.7" }), "203.0.113.7");
  assert.equal(await addressOf({ "cf-connecting-ip": "10.0.0.1", "x-forwarded-for": "203.0.113.7" }), "203.0.113.7");
});

test("the engine's own URLs are not served: no bucket, no scheduler", async () => {
  await get(named, "/");
  for (const path of ["/cdn-cgi/local/r2/public/VIDEO_BUCKET/videos/secret", "/cdn-cgi/local/scheduled"]) {
    for (const headers of [{}, { "mf-original-url": `http://localhost${path}` }]) {
      const { status, body } = await get(named, path, headers);
      assert.equal(status, 200, "the worker itself answers");
      assert.equal(new URL(body.url).pathname, path);
    }
  }
});

test("cron triggers run at the start, and again after a restart", async () => {
  const expectRun = async () => {
    const due = Date.now() + 300_000;
    let seen;
    do {
      seen = (await get(named, "/")).body;
    } while (seen.runs === 0 && Date.now() < due);
    assert.deepEqual({ runs: seen.runs, cron: seen.cron }, { runs: 1, cron: "*/10 * * * *" });
  };
  await expectRun();
  await named.restart();
  await expectRun();
});
