// The page sends a gateway's API key to that gateway only.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEnvironment, enterSettings, generate, openPage, useExample } from "../page/support.mjs";
import { gateway } from "./client.mjs";

test("a running job polls its gateway with the key of that gateway after another one is entered", async (t) => {
  const { page, origin } = await openPage(t);
  const { settings } = await gateway(t, { sim: { jobDurationMs: 600_000 }, vars: { CORS_ORIGINS: origin } });
  // A stream of events that is open would be one request; without one, the page polls.
  await page.route(/\/events/, (route) => route.abort());
  await chooseEnvironment(page, "gateway");
  await enterSettings(page, { "gateway-url": settings.url, "gateway-api-key": settings.apiKey });
  await useExample(page, "Mangrove");
  const card = await generate(page);
  await card.getByText(/^Generating/).waitFor();
  await enterSettings(page, { "gateway-url": "http://127.0.0.1:9", "gateway-api-key": "fgw_key_of_another_gateway" });
  const poll = await page.waitForRequest((request) => request.url().startsWith(settings.url));
  assert.equal((await poll.allHeaders()).authorization, `Bearer ${settings.apiKey}`);
});
