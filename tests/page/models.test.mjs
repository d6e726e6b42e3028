// The form follows the catalog: each model has its own, and without a model all listings are compared.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/node/default.js";
import {
  chooseModel,
  chooseEnvironment,
  chooseProvider,
  enterSettings,
  videos,
  openMore,
  openPage,
  submitText,
  IMAGE_FILE,
  reload,
  EXAMPLES,
  useExample,
  thumbnailOf,
} from "./support.mjs";

const IMAGE = "https://example.com/baker.jpeg";

const client = createFilmgate();
/** The catalog of the page. */
const models = client.models();

const isRetired = ({ status }) => status.state === "retired";

test("every model has its own form, and the console stays empty", async (t) => {
  const { page } = await openPage(t);
  const logged = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) logged.push(message.text());
  });
  for (const { id, listings } of models) {
    await chooseModel(page, id);
    const isRequiredByAll = (field) =>
      listings.every(({ params }) => params.find((param) => param.field === field)?.required);
    const form = await page.evaluate(() =>
      [...document.querySelectorAll("#request [data-field]")].map((node) => {
        const control = node.querySelector("[name]");
        return {
          path: control.name,
          required: control.getAttribute("aria-required") === "true",
          marked: !node.querySelector(".required").hidden,
          labels: control.labels.length,
          described: control
            .getAttribute("aria-describedby")
            .split(" ")
            .every((name) => document.getElementById(name)),
          collapsed: control.closest("#more") !== null,
        };
      }),
    );
    const shown = new Set(form.map(({ path }) => path));
    const supported = new Set(listings.flatMap(({ params }) => params.map(({ field }) => field)));
    for (const { path, required, marked, labels, described, collapsed } of form) {
      const isSize = path === "resolution" || path === "aspectRatio";
      assert.ok(supported.has(path) || (isSize && supported.has("size")), `${id} does not support ${path}`);
      assert.equal(required, isRequiredByAll(path) ?? false, `${id}: ${path}`);
      assert.equal(marked, required, `${id}: ${path}`);
      assert.ok(labels > 0 && described, `${id}: ${path}`);
      if (required) assert.equal(collapsed, false, `${id}: ${path} is collapsed`);
    }
    for (const listing of listings) {
      for (const { field, required: isRequired } of listing.params) {
        if (isRequired) assert.ok(shown.has(field), `${id} has no field for ${field}`);
      }
    }
  }
  assert.deepEqual(logged, []);
});

test("without a model: the available listings, cheapest first, and the others with their reasons", async (t) => {
  const { page } = await openPage(t);
  const all = (models).flatMap(({ listings }) => listings);
  assert.equal(await page.locator("#model").inputValue(), "");
  await useExample(page, "Lighthouse");
  const quotes = client.quote(EXAMPLES.Lighthouse);
  const available = quotes.filter(({ available: isAvailable }) => isAvailable);
  const unavailable = quotes.filter(({ available: isAvailable }) => !isAvailable);
  const rows = page.locator("#quote-rows .quote");
  const expected = [...new Set(available.map(({ model, provider }) => `${model}@${provider}`))];
  assert.ok(expected.length > 6);
  // What is collapsed is not drawn before it is opened.
  assert.equal(await rows.count(), 6);
  assert.equal(await page.locator("#unavailable li").count(), 0);
  await page.locator("#quotes-more > summary").click();
  await rows.nth(expected.length - 1).waitFor();
  assert.deepEqual(
    await rows.evaluateAll((nodes) => nodes.map(({ dataset }) => dataset.quote)),
    expected,
  );
  assert.match(await rows.first().textContent(), /cheapest/);
  for (const text of await rows.allTextContents()) {
    assert.match(text, /RunPod|Runware/);
    assert.match(text, /\$\d|price unknown/);
  }
  const reasons = page.locator("#unavailable li");
  await page.locator("#unavailable > summary").click();
  await reasons.first().waitFor();
  assert.equal(await reasons.count(), unavailable.length);
  assert.equal(available.length + unavailable.length, all.length);
  for (const text of await reasons.allInnerTexts()) {
    assert.match(text, /Still required: |RunPod |Runware /);
  }
  await page.getByText(`${available.length} of ${all.length} listings can generate this video.`).waitFor();

  // The submitted request has the row's model and provider.
  const { model, provider } = available[0];
  assert.equal(await page.locator("input[name=provider]:checked").inputValue(), `${model}@${provider}`);
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#code", { hasText: `"${model}"` }).waitFor();
  assert.match(await page.locator("#code").textContent(), new RegExp(`"${provider}"`));
});

test("an unavailable model can be chosen, with its issues and their fixes beside the fields", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  // What the user has chosen does not follow the model.
  await page.locator("#duration").selectOption("5");
  await page.locator("#unavailable > summary").click();
  await page.locator('[data-unavailable="hailuo-2.3@runware"]').getByRole("button").click();
  assert.equal(await page.locator("#model").inputValue(), "hailuo-2.3");
  const issue = page.locator("#duration-issues li.error");
  await issue.getByRole("button", { name: "Use 6" }).click();
  assert.equal(await page.locator("#duration").inputValue(), "6");
  await issue.waitFor({ state: "detached" });
});

test("an empty form shows prices and asks for a prompt, and a prompt alone is enough", async (t) => {
  const { page } = await openPage(t);
  await page.getByText(/^From \$0\.\d+ \/ s$/).waitFor();
  assert.ok((await page.locator("#quote-rows .quote").count()) > 5);
  await page.locator("#submit").click();
  await page.getByRole("alert").getByText("Add a prompt. Nothing was billed.").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "prompt");
  assert.equal(await videos(page).count(), 0);
  await page.keyboard.type("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).click();
  await page.locator(".video-card[data-state=completed]").waitFor();
});

test("every current model can be generated from a prompt and what it requires besides", async (t) => {
  const { page } = await openPage(t);
  await page.locator("#prompt").fill("A fox in the snow");
  for (const { id, listings } of models) {
    const current = listings.filter((listing) => !isRetired(listing));
    const isEnough = current.some(({ modes }) => modes.includes("text-to-video"));
    if (!isEnough) continue;
    await chooseModel(page, id);
    const text = page.getByRole("button", { name: /^Generate( for|, price)/ });
    await text.waitFor().catch((error) => assert.fail(`${id}: ${error.message}`));
  }
});

test("another model keeps the fields it supports, and lists the cleared ones", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "vidu-q3");
  await openMore(page);
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("7");
  await page.locator("#style").selectOption("anime");
  await chooseModel(page, "wan-2.6");
  await page.locator("#model-note").getByText("Not supported by Wan 2.6, so cleared: Style.").waitFor();
  assert.equal(await page.locator("#style").count(), 0);
  assert.equal(await page.locator("#prompt").inputValue(), "A cat yawns");
  // A value that it does not support stays, with an issue.
  assert.equal(await page.locator("#duration").inputValue(), "7");
  await page.locator("#duration-issues li.error").first().waitFor();

  await chooseModel(page, "vidu-q3");
  assert.equal(await page.locator("#style").inputValue(), "");
  assert.equal(await page.locator("#duration-issues li").count(), 0);
});

test("a retired model is marked, lists its replacements, and is never the default", async (t) => {
  const { page } = await openPage(t);
  const retired = models.filter(({ listings }) => listings.every(isRetired));
  assert.ok(retired.length > 0);
  for (const { id, listings } of retired) {
    const group = page.locator(`#model option[value="${id}"]`).locator("..");
    assert.equal(await group.getAttribute("label"), "Retired");
    await chooseModel(page, id);
    await page.locator(".retired").getByText(listings[0].status.sunset).waitFor();
    assert.equal(
      await page.locator(".retired button").count(),
      listings[0].status.replacements.length,
    );
  }
  await page.locator(".retired").getByRole("button", { name: "Wan 2.6" }).click();
  assert.equal(await page.locator("#model").inputValue(), "wan-2.6");
  assert.equal(await page.locator(".retired").count(), 0);

  // It is used only if the user selects it.
  await chooseModel(page, "sora-2-pro");
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("20");
  await chooseModel(page, "");
  await page.locator("#quotes-more > summary").click();
  const row = page.locator('[data-quote="sora-2-pro@runware"]');
  await row.getByText("retired").waitFor();
  assert.doesNotMatch(await page.locator(".quote[data-selected]").textContent(), /Sora/);
  await row.getByRole("radio").check();
  await page.getByRole("button", { name: "Generate for $6.00" }).waitFor();
});

test("several images and URLs make one list, and a reload restores it", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "kling-o1");
  await page.locator("#referenceImages").fill(`${IMAGE}\n\n  https://example.com/two.png  `);
  const buffer = Buffer.concat([IMAGE_FILE.buffer, Buffer.alloc(9)]);
  const second = { ...IMAGE_FILE, name: "second.png", buffer };
  await page.locator("#referenceImages-file").setInputFiles([IMAGE_FILE, second]);
  await thumbnailOf(page, "referenceImages").nth(1).waitFor();
  const listed = /referenceImages: \[[^\]]*baker\.jpeg[^\]]*two\.png[^\]]*frame\.png[^\]]*second\.png/;
  const showsCode = async () => {
    await page.getByRole("tab", { name: "Code" }).click();
    await page.locator("#code", { hasText: listed }).waitFor();
  };
  await showsCode();
  await reload(page);
  assert.equal(await page.locator("#model").inputValue(), "kling-o1");
  await showsCode();
  await page.getByRole("button", { name: "Remove the image" }).first().click();
  assert.equal(await thumbnailOf(page, "referenceImages").count(), 1);

  await page.locator("#referenceImages").fill("not an address");
  await page.locator("#referenceImages[aria-invalid=true]").waitFor();
});

test("of two listings of a model at one provider, the page shows which is used", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "kling-o1");
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("5");
  const why = page.locator("#why-runware");
  await page.locator("#resolution").selectOption("720p");
  await why.locator("summary").click();
  await why.getByText("klingai:kling@o1-standard: Exact").waitFor();
  await why.getByText("klingai:kling@o1 unavailable").waitFor();
  await page.locator("#resolution").selectOption("1080p");
  await why.getByText("klingai:kling@o1: ").waitFor();
  await why.getByText("klingai:kling@o1-standard unavailable").waitFor();

  // If both are available, the cheaper one is used.
  await page.locator("#resolution").selectOption("");
  await page.locator("#image").fill(IMAGE);
  const rest = why.getByText("used only if the first is rejected");
  await rest.waitFor({ state: "attached" });
  await why.evaluate((details) => void (details.open = true));
  await rest.waitFor();
  assert.match(await why.locator("p").first().textContent(), /^klingai:kling@o1-standard/);
});

test("a selected row stays visible when it becomes unavailable", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  await page.locator("#quotes-more > summary").click();
  const row = page.locator('[data-quote="gen-4.5@runware"]');
  await row.getByRole("radio").check();
  await reload(page);
  assert.equal(await row.getByRole("radio").isChecked(), true);
  assert.equal(await row.isVisible(), true);

  await page.locator("#duration").selectOption("7");
  await row.getByText("unavailable").waitFor();
  assert.equal(await row.getByRole("radio").isChecked(), true);
  assert.equal(await submitText(page), "Generate");
  await page.locator("#duration-issues li.error").getByText("Gen-4.5").waitFor();
});

test("the cheapest is chosen among the providers with a key", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  const chosen = page.locator(".quote[data-selected]");
  await chosen.getByText("Runware", { exact: true }).waitFor();
  await chooseEnvironment(page, "live");
  await chosen.getByText("Runware", { exact: true }).waitFor();
  await enterSettings(page, { "key-runpod": "a-key" });
  await chosen.getByText("RunPod", { exact: true }).waitFor();
  const withoutKey = page.locator("#quote-rows .quote", { hasText: "Runware" });
  assert.match(await withoutKey.first().textContent(), /no key/);
});

test("an unknown price never passes a limit, and the page shows it", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "kling-2.6-pro");
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("5");
  await chooseProvider(page, "runware");
  await page.getByRole("button", { name: "Generate, price unknown" }).waitFor();
  await page.locator("#limit").fill("100");
  await page.locator("#limit-issues").getByText("no limit can cover it").waitFor();
});
