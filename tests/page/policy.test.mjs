// The strict content security policy holds, and the page requests only its own files and the provider.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  generate,
  openLocal,
  openPage,
  reload,
  waitForAccepted,
  waitForState,
  useExample,
} from "./support.mjs";

const policyOf = async (page) => {
  const text = await page
    .locator("meta[http-equiv=Content-Security-Policy]")
    .getAttribute("content");
  return Object.fromEntries(
    text.split(";").map((part) => {
      const [name, ...values] = part.trim().split(/\s+/);
      return [name, values.join(" ")];
    }),
  );
};

test("the policy allows what the page needs, and no more", async (t) => {
  const { page } = await openPage(t);
  const { "script-src": scripts, ...others } = await policyOf(page);
  // The one script in the page itself is named by its hash.
  assert.match(scripts, /^'self' 'wasm-unsafe-eval' 'sha256-[\w+/]{43}='$/);
  assert.deepEqual(others, {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "https: blob: http://127.0.0.1:* http://localhost:*",
    "connect-src": "'self' https: http://127.0.0.1:* http://localhost:*",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
  });
});

test("simulated in the page: a whole job requests only the page's own files", async (t) => {
  const { page, origin, requests, violations } = await openPage(t);
  await useExample(page, "Bakery");
  const card = await generate(page);
  await waitForAccepted(card);
  await reload(page);
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
  const foreign = requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("blob:"));
  assert.deepEqual(foreign, []);
  assert.deepEqual(violations, []);
});

test("at a provider: only the page's own files and that provider", async (t) => {
  const { page, origin, requests, violations, simulator } = await openLocal(t);
  await useExample(page, "Mangrove");
  const card = await generate(page);
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
  const known = [`${origin}/`, simulator.runware, `${simulator.origin}/videos/`, "blob:"];
  assert.deepEqual(
    requests.filter((url) => !known.some((start) => url.startsWith(start))),
    [],
  );
  assert.ok(requests.some((url) => url.startsWith(simulator.runware)));
  assert.deepEqual(violations, []);
});

test("what the policy forbids is reported", async (t) => {
  const { page, violations } = await openPage(t);
  await page.evaluate(() => {
    const image = new Image();
    image.src = "https://example.com/pixel.png";
    document.body.append(image);
  });
  await page.waitForFunction(() => document.querySelector("img[src^='https://example.com']"));
  await assert.rejects(
    page.evaluate(() => void (document.body.innerHTML = "<b>no</b>")),
    /TrustedHTML/,
  );
  assert.ok(violations.some((text) => text.startsWith("img-src https://example.com")));
});
