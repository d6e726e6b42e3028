// API keys are masked, stay in memory unless the user opts in to storage, and appear in no URL and no
// code. The providers are the local simulator, reached by custom base URLs.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  control,
  enterSettings,
  openSettings,
  generate,
  openPage,
  reload,
  simulatorFor,
  waitForAccepted,
  waitForState,
  withoutStreams,
  useExample,
} from "./support.mjs";

const KEY = "secret-key-5f1c";

async function enterLive(page, simulator, key) {
  await chooseEnvironment(page, "live");
  await enterSettings(page, {
    "key-runpod": key,
    "key-runware": key,
    "base-runpod": simulator.runpod,
    "base-runware": simulator.runware,
  });
  // The client is recreated after a pause in typing.
  await page.waitForFunction(() =>
    localStorage.getItem("filmgate.settings")?.includes("runware/v1"),
  );
  // Without TLS the browser may submit twice.
  await page.selectOption("#model", "p-video");
  await page.locator("#accept-resend").check();
}

async function codeText(page) {
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#code", { hasText: "RUNPOD_API_KEY" }).waitFor();
  return page.locator("#code").textContent();
}

const storedText = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

async function databaseText(page) {
  return page.evaluate(async () => {
    const finished = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const all = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await finished(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        all.push(await finished(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    return JSON.stringify(all);
  });
}

test("a key generates a video, and is found only in its field", async (t) => {
  const simulator = await simulatorFor(t);
  const { page, requests } = await openPage(t);
  await enterLive(page, simulator, KEY);
  assert.equal(await page.locator("#key-runpod").getAttribute("type"), "password");
  await useExample(page, "Bakery");
  const card = await generate(page);
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
  assert.ok(
    requests.some((url) => url.startsWith(simulator.runpod)),
    "the custom base URL was used",
  );

  const found = {
    urls: requests.join(" ") + page.url(),
    localStorage: await storedText(page),
    databases: await databaseText(page),
    code: await codeText(page),
  };
  assert.match(found.databases, /"provider":"runpod"/);
  for (const [name, text] of Object.entries(found)) assert.equal(text.includes(KEY), false, name);
  assert.match(found.code, /Keys from RUNPOD_API_KEY/);
});

test("a reload clears the key, unless the user opts in to remember it", async (t) => {
  const simulator = await simulatorFor(t);
  const { page } = await openPage(t);
  await enterLive(page, simulator, KEY);
  await reload(page);
  assert.equal(await page.locator("#key-runpod").inputValue(), "");

  await enterSettings(page, { "key-runpod": KEY });
  await openSettings(page);
  await page.getByLabel("Remember the keys on this device").check();
  await reload(page);
  assert.equal(await page.locator("#key-runpod").inputValue(), KEY);

  await openSettings(page);
  await page.getByLabel("Remember the keys on this device").uncheck();
  assert.equal((await storedText(page)).includes(KEY), false);
});

test("a wrong key is reported and costs nothing", async (t) => {
  const simulator = await simulatorFor(t);
  const { page } = await openPage(t);
  await enterLive(page, simulator, "bad-key");
  await useExample(page, "Bakery");
  await page.locator("#submit").click();
  await page
    .getByText(/Nothing was billed\. Check the API key/)
    .first()
    .waitFor();
});

test("without a key nothing is sent", async (t) => {
  const { page, requests } = await openPage(t);
  await chooseEnvironment(page, "live");
  await useExample(page, "Bakery");
  await page.locator("#submit").click();
  await page
    .getByText(/Nothing was billed\. Enter the API key/)
    .first()
    .waitFor();
  assert.equal(
    requests.some((url) => /runpod|runware/.test(url)),
    false,
  );
});

test("a job whose key was cleared by a reload waits for it, then resumes", async (t) => {
  const simulator = await simulatorFor(t, { jobDurationMs: 600_000 });
  const { page, context } = await openPage(t);
  // Playwright cannot forward a streamed body, so this browser is one that sends none.
  await context.addInitScript(withoutStreams);
  await reload(page);
  await context.route("https://api.runpod.ai/v2/**", async (route) => {
    const url = route.request().url().replace("https://api.runpod.ai/v2", simulator.runpod);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  await chooseEnvironment(page, "live");
  await enterSettings(page, { "key-runpod": KEY });
  await useExample(page, "Bakery");
  await page.locator("#accept-resend").check();
  const card = await generate(page);
  await waitForAccepted(card);
  await reload(page);
  await card.getByText("Waiting for the RunPod API key").waitFor();
  await control(simulator, "advance", { ms: 600_000 });
  await enterSettings(page, { "key-runpod": KEY });
  await waitForState(card, "completed");
});

test("a running job continues with a corrected key", async (t) => {
  const simulator = await simulatorFor(t, { jobDurationMs: 600_000 });
  // A poll that is held open would keep the key that it has.
  await control(simulator, "config", { statusSync: false });
  const { page } = await openPage(t);
  await enterLive(page, simulator, KEY);
  await useExample(page, "Bakery");
  const card = await generate(page);
  await waitForAccepted(card);
  const rejection = page.waitForResponse((response) => response.status() === 401);
  await enterSettings(page, { "key-runpod": "bad-key" });
  const rejected = await rejection;
  assert.ok(rejected.url().startsWith(simulator.runpod));
  await control(simulator, "advance", { ms: 600_000 });
  await enterSettings(page, { "key-runpod": KEY });
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
});
