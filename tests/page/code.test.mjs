// The code for the request: it runs, and matches the form.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseProvider, openLocal, openMore, openPage, IMAGE_FILE, useExample } from "./support.mjs";

/** Runs the shown program against a client that only records its call. */
async function callOf(page, environment = {}) {
  const code = await page.locator("#code").textContent();
  const body = code.replace(/^import .*$/gm, "");
  const call = {};
  const createFilmgate = (settings) => ({
    generate: async (request, options) => {
      Object.assign(call, { settings, request, options });
      return { videos: [{ url: "https://example.com/video.mp4" }], costUsd: 1 };
    },
  });
  const AsyncFunction = (async () => {}).constructor;
  const names = ["createFilmgate", "readFile", "process", "console"];
  const run = new AsyncFunction(...names, body);
  await run(createFilmgate, async (name) => `bytes of ${name}`, { env: environment }, { log() {} });
  return call;
}

test("the form's request and options, with keys from environment variables", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Mangrove");
  await chooseProvider(page, "runware");
  await page.locator("#limit").fill("4.5");
  await openMore(page);
  await page.locator("#output-quality").fill("80");
  await page.locator("#includeCost").selectOption("false");
  await page.locator("#code", { hasText: "includeCost" }).waitFor();
  const { settings, request, options } = await callOf(page, { RUNWARE_API_KEY: "from env" });
  assert.deepEqual(settings, { runware: { apiKey: "from env" } });
  assert.deepEqual(options, { provider: "runware", maxCostUsd: 4.5 });
  assert.equal(request.prompt, await page.locator("#prompt").inputValue());
  assert.deepEqual(
    { ...request, prompt: "" },
    {
      model: "sora-2-pro",
      prompt: "",
      duration: 8,
      size: "1792x1024",
      output: { quality: 80 },
      includeCost: false,
    },
  );
});

test("a prompt with quotes, line breaks and code is escaped", async (t) => {
  const { page } = await openPage(t);
  const prompt = 'She says "hi".\n`${1}` </script> \\ \u2028 end';
  await useExample(page, "Bakery");
  await page.locator("#prompt").fill(prompt);
  await page.locator("#code", { hasText: "</script>" }).waitFor();
  assert.equal((await callOf(page)).request.prompt, prompt);
});

test("an image is read from its file, and the base URL is the local server's", async (t) => {
  const { page, simulator } = await openLocal(t);
  await useExample(page, "Bakery");
  await page.locator("#image-file").setInputFiles(IMAGE_FILE);
  await page.locator("#code", { hasText: "frame.png" }).waitFor();
  const { settings, request } = await callOf(page);
  assert.equal(request.image, "bytes of frame.png");
  assert.equal(settings.runpod.baseURL, simulator.runpod);
});

test("the button copies the code", async (t) => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page } = await openPage(t, { context });
  await useExample(page, "Bakery");
  await page.locator("#copy-code").click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    await page.locator("#code").textContent(),
  );
});
