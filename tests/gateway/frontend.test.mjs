// `filmgate/react` and `filmgate/element` with `filmgate/gateway` in Chromium, under a policy that lets nothing be compiled.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { npmPackages } from "../../scripts/lib/tools.mjs";
import { TIMEOUT_MS } from "../chromium.mjs";
import { POLICY, bundle, openProfile, serveBundle } from "../frontend/site.mjs";
import { gateway } from "./client.mjs";

const SLOW = 600_000;
const policy = POLICY.gateway;
const session = () => ({ apiKey });

await npmPackages("tests/frontend/react-19");
const react = await bundle("react", { client: "gateway" });
const reactOrigin = await serveBundle({ after }, react, { policy, session });
const strangeOrigin = await serveBundle({ after }, react, { policy, session });
// The page names the gateway, and the gateway the page: the shell is made when it is asked for.
const html = { toString: () => elementHtml() };
const elementOrigin = await serveBundle({ after }, await bundle("element-gateway"), { policy, session, html });
const vars = { CORS_ORIGINS: [reactOrigin, elementOrigin].join() };
const all = await gateway({ after }, { sim: { jobDurationMs: SLOW }, vars });
let { apiKey } = all;

const elementHtml = () =>
  `<main><filmgate-video session="hero" gateway="${all.settings.url}" model="wan-2.6" prompt="A lighthouse" duration="5" resolution="720p" max-cost-usd="2" muted></filmgate-video></main>`;

const finish = () => all.sim.control("advance", { ms: SLOW });
const stateOf = async (page) => JSON.parse(await page.locator("#state").textContent());
const click = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function until(page, isWanted) {
  const due = Date.now() + TIMEOUT_MS;
  for (;;) {
    const state = await stateOf(page);
    if (isWanted(state)) return state;
    assert.ok(Date.now() < due, JSON.stringify(state));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const accepted = ({ isPending, handle }) => isPending && handle?.jobId;
const completed = ({ status }) => status === "completed";

test("the hook: a job survives a reload, a second tab follows it, and the key is stored nowhere", async (t) => {
  const { open, problems } = await openProfile(t);
  const before = await all.count();
  const url = `${reactOrigin}/?${new URLSearchParams({ id: "hero", effect: 1, gateway: all.settings.url })}`;
  const page = await open(url);
  await until(page, accepted);
  await page.reload();
  const { handle } = await until(page, accepted);
  const tab = await open(url.replace("effect=1", ""));
  assert.equal((await until(tab, accepted)).handle.id, handle.id);
  await finish();
  const { result } = await until(page, completed);
  assert.deepEqual((await until(tab, completed)).result.videos.length, result.videos.length);
  assert.equal((await all.count()) - before, 1);
  const stored = await page.evaluate(async () => {
    const records = await new Promise((resolve) => {
      const opening = indexedDB.open("filmgate");
      opening.onsuccess = () => {
        const reading = opening.result.transaction("jobs").objectStore("jobs").getAll();
        reading.onsuccess = () => resolve(reading.result);
      };
    });
    return JSON.stringify([localStorage, sessionStorage, records]);
  });
  assert.ok(stored.includes(handle.id) && !stored.includes(apiKey) && !stored.includes("lighthouse"));
  assert.deepEqual(problems, []);
});

test("the hook: a cancel reaches the gateway", async (t) => {
  const { open } = await openProfile(t);
  const options = JSON.stringify({ provider: "runpod" });
  const page = await open(`${reactOrigin}/?${new URLSearchParams({ id: "cancel", gateway: all.settings.url, options })}`);
  await click(page, "Submit");
  await until(page, ({ status, isPending }) => isPending && (status === "queued" || status === "running"));
  await click(page, "Cancel");
  const { error, isPending } = await until(page, ({ status }) => status === "cancelled");
  assert.deepEqual([error.code, isPending], ["cancelled", false]);
});

test("the hook: a page that the gateway does not list learns of CORS, and nothing is charged", async (t) => {
  const { open } = await openProfile(t);
  const page = await open(`${strangeOrigin}/?${new URLSearchParams({ id: "hero", gateway: all.settings.url })}`);
  await click(page, "Submit");
  const { error } = await until(page, ({ status }) => status === "failed");
  assert.deepEqual([error.code, error.charge, error.retryable], ["connection_error", "none", true]);
  assert.match(error.message, /CORS/);
});

test("the element: attributes and a minted key make a video, which a reload shows again", async (t) => {
  const { open, problems } = await openProfile(t);
  const before = await all.count();
  const page = await open(elementOrigin);
  await page.getByRole("button", { name: "Generate video · $0.50" }).click();
  await page.getByRole("status").getByText("Generating the video").waitFor();
  await page.reload();
  await page.getByRole("status").getByText("Generating the video").waitFor();
  await finish();
  const plays = () =>
    page.waitForFunction(() => document.querySelector("filmgate-video").shadowRoot.querySelector("video").readyState >= 1);
  await page.getByRole("status").getByText("The video is ready").waitFor();
  await plays();
  await page.reload();
  await plays();
  assert.equal((await all.count()) - before, 1);
  assert.deepEqual((await page.evaluate(() => events)).at(-1), ["done", 1]);
  assert.deepEqual(problems, []);
});

test("the element: a key that is rejected is an error, and the next one works", async (t) => {
  const { open } = await openProfile(t);
  const good = apiKey;
  apiKey = "fgw_wrong_key_of_this_test";
  t.after(() => (apiKey = good));
  const page = await open(elementOrigin);
  await page.getByRole("button", { name: "Generate video" }).click();
  await page.getByRole("alert").getByText(/key/i).waitFor();
  assert.deepEqual((await page.evaluate(() => events)).at(-1), ["error", "unauthorized"]);
  apiKey = good;
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByRole("button", { name: "Generate video" }).click();
  await page.getByRole("status").getByText("Generating the video").waitFor();
});
