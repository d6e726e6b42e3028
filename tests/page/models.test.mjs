// The form follows the catalog: each model has its own, and without a model every offer is compared.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseModel,
  chooseEnvironment,
  chooseProvider,
  openMore,
  openPage,
  IMAGE_FILE,
  reload,
  useExample,
  thumbnailOf,
} from "./support.mjs";

const IMAGE = "https://example.com/baker.jpeg";

/** The catalog as the page has it. */
const modelsOf = (page) =>
  page.evaluate(async () => {
    const { createFilmgate } = await import("./vendor/filmgate/index.js");
    return createFilmgate({}).models();
  });

/** How the shown program reads a picture. */
const readingOf = (name) => `await readFile\\("${name}.png"\\)`;

const isRetired = ({ status }) => status.state === "retired";

test("every model has a form of its own, and nothing is said in the console", async (t) => {
  const { page } = await openPage(t);
  const said = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(message.text());
  });
  for (const { id, listings } of await modelsOf(page)) {
    await chooseModel(page, id);
    const required = (field) =>
      listings.every(({ params }) => params.find((param) => param.field === field)?.required);
    const form = await page.evaluate(() =>
      [...document.querySelectorAll("#request [data-field]")].map((node) => {
        const control = node.querySelector("[name]");
        return {
          path: control.name,
          needed: control.getAttribute("aria-required") === "true",
          marked: !node.querySelector(".needed").hidden,
          labels: control.labels.length,
          described: control
            .getAttribute("aria-describedby")
            .split(" ")
            .every((name) => document.getElementById(name)),
          folded: control.closest("#more") !== null,
        };
      }),
    );
    const shown = new Set(form.map(({ path }) => path));
    const taken = new Set(listings.flatMap(({ params }) => params.map(({ field }) => field)));
    for (const { path, needed, marked, labels, described, folded } of form) {
      const isSize = path === "resolution" || path === "aspectRatio";
      assert.ok(taken.has(path) || (isSize && taken.has("size")), `${id} takes no ${path}`);
      assert.equal(needed, required(path) ?? false, `${id}: ${path}`);
      assert.equal(marked, needed, `${id}: ${path}`);
      assert.ok(labels > 0 && described, `${id}: ${path}`);
      if (needed) assert.equal(folded, false, `${id}: ${path} is folded away`);
    }
    for (const listing of listings) {
      for (const { field, required: isNeeded } of listing.params) {
        if (isNeeded) assert.ok(shown.has(field), `${id} has no place for ${field}`);
      }
    }
  }
  assert.deepEqual(said, []);
});

test("without a model: who can, cheapest first, and who cannot, each with its reasons", async (t) => {
  const { page } = await openPage(t);
  const all = (await modelsOf(page)).flatMap(({ listings }) => listings);
  assert.equal(await page.locator("#model").inputValue(), "");
  await useExample(page, "Lighthouse");
  const quotes = await page.evaluate(async () => {
    const { createFilmgate } = await import("./vendor/filmgate/index.js");
    const prompt = document.getElementById("prompt").value;
    const request = { prompt, duration: 5, resolution: "720p", aspectRatio: "16:9" };
    return createFilmgate({}).quote(request);
  });
  const able = quotes.filter(({ available }) => available);
  const refused = quotes.filter(({ available }) => !available);
  const offers = page.locator("#quote-rows .quote");
  const expected = [...new Set(able.map(({ model, provider }) => `${model}@${provider}`))];
  assert.ok(expected.length > 5);
  assert.deepEqual(
    await offers.evaluateAll((nodes) => nodes.map(({ dataset }) => dataset.quote)),
    expected,
  );
  assert.match(await offers.first().textContent(), /cheapest/);
  for (const text of await offers.allTextContents()) {
    assert.match(text, /RunPod|Runware/);
    assert.match(text, /\$\d|price unknown/);
  }
  const reasons = page.locator("#unavailable li");
  assert.equal(await reasons.count(), refused.length);
  assert.equal(able.length + refused.length, all.length);
  assert.equal(await reasons.first().isVisible(), false);
  await page.locator("#unavailable summary").click();
  for (const text of await reasons.allInnerTexts()) {
    assert.match(text, /Still needs: |RunPod |Runware /);
  }
  await page.getByText(`${able.length} of ${all.length} offers can make this video.`).waitFor();

  // What is sent is the row: its model, at its provider.
  const { model, provider } = able[0];
  const code = await page.locator("#code").textContent();
  assert.ok(code.includes(`model: "${model}"`) && code.includes(`provider: "${provider}"`), code);
});

test("one that cannot is taken up with its problems beside the fields, and their fix", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  await page.locator("#unavailable summary").click();
  await page.locator('[data-unavailable="hailuo-2.3@runware"]').getByRole("button").click();
  assert.equal(await page.locator("#model").inputValue(), "hailuo-2.3");
  const problem = page.locator("#duration-issues li.error");
  await problem.getByRole("button", { name: "Use 6" }).click();
  assert.equal(await page.locator("#duration").inputValue(), "6");
  await problem.waitFor({ state: "detached" });
});

test("an unfilled form without a model asks for what the nearest one needs", async (t) => {
  const { page } = await openPage(t);
  await page.getByText("Describe the video to see who can make it").waitFor();
  await page.locator("#submit").click();
  await page.getByRole("alert").getByText("Nothing was billed.").waitFor();
  await page.locator("#prompt[aria-invalid=true]").waitFor();
  await page.locator("#duration[aria-invalid=true]").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "prompt");
  assert.equal(await page.locator(".job").count(), 0);
});

test("another model keeps what it takes, and says what it has emptied", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "vidu-q3");
  await openMore(page);
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("7");
  await page.locator("#style").selectOption("anime");
  await chooseModel(page, "wan-2.6");
  await page.locator("#model-note").getByText("Not for Wan 2.6, so emptied: Style.").waitFor();
  assert.equal(await page.locator("#style").count(), 0);
  assert.ok(!(await page.locator("#code").textContent()).includes("style"));
  assert.equal(await page.locator("#prompt").inputValue(), "A cat yawns");
  // A value that it does not offer stays to be mended.
  assert.equal(await page.locator("#duration").inputValue(), "7");
  await page.locator("#duration-issues li.error").first().waitFor();

  await chooseModel(page, "vidu-q3");
  assert.equal(await page.locator("#style").inputValue(), "");
  assert.equal(await page.locator("#duration-issues li").count(), 0);
});

test("a retired model says so, names what replaces it, and is never the default", async (t) => {
  const { page } = await openPage(t);
  const models = await modelsOf(page);
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

  // Even where nobody else can: chosen by hand it is filmed with, by itself it is not.
  await chooseModel(page, "sora-2-pro");
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("20");
  await page.locator("#resolution").selectOption("720p");
  await chooseModel(page, "");
  const offer = page.locator('[data-quote="sora-2-pro@runware"]');
  await offer.getByText("retired").waitFor();
  assert.equal(await page.locator("#price-cheapest").textContent(), "none can yet");
  assert.equal(await page.locator("#submit").textContent(), "Generate");
  await page.locator("#submit").click();
  await page.getByRole("alert").getByText("No offer is chosen").waitFor();
  assert.equal(await page.locator(".job").count(), 0);
  await offer.getByRole("radio").check();
  await page.getByRole("button", { name: "Generate for $6.00" }).waitFor();
});

test("several pictures and addresses make one list, and a reload keeps it", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "kling-o1");
  await page.locator("#referenceImages").fill(`${IMAGE}\n\n  https://example.com/two.png  `);
  const buffer = Buffer.concat([IMAGE_FILE.buffer, Buffer.alloc(9)]);
  const second = { ...IMAGE_FILE, name: "second.png", buffer };
  await page.locator("#referenceImages-file").setInputFiles([IMAGE_FILE, second]);
  await thumbnailOf(page, "referenceImages").nth(1).waitFor();
  const items = ['"[^"]*baker.jpeg"', '"[^"]*two.png"', ...["frame", "second"].map(readingOf)];
  const listed = new RegExp(`referenceImages: \\[\\s*${items.join(",\\s*")},?\\s*\\]`);
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.getElementById("code").textContent),
    listed.source,
  );
  await reload(page);
  assert.equal(await page.locator("#model").inputValue(), "kling-o1");
  assert.match(await page.locator("#code").textContent(), listed);
  await page.getByRole("button", { name: "Remove the picture" }).first().click();
  assert.equal(await thumbnailOf(page, "referenceImages").count(), 1);

  await page.locator("#referenceImages").fill("not an address");
  await page.locator("#referenceImages[aria-invalid=true]").waitFor();
});

test("of two listings of a model at one provider, the page says which it will be", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "kling-o1");
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("5");
  const why = page.locator("#why-runware");
  await page.locator("#resolution").selectOption("720p");
  await why.getByText("klingai:kling@o1-standard: Exact").waitFor();
  await why.getByText("klingai:kling@o1 cannot").waitFor();
  await page.locator("#resolution").selectOption("1080p");
  await why.getByText("klingai:kling@o1: ").waitFor();
  await why.getByText("klingai:kling@o1-standard cannot").waitFor();

  // Where both can, it is the cheaper one.
  await page.locator("#resolution").selectOption("");
  await page.locator("#image").fill(IMAGE);
  await why.getByText("taken only where that one is refused").waitFor();
  assert.match(await why.locator("p").first().textContent(), /^klingai:kling@o1-standard/);
});

test("a row that is chosen stays in sight, though it can no longer make the video", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  await page.locator("#quotes-more summary").click();
  const offer = page.locator('[data-quote="gen-4.5@runware"]');
  await offer.getByRole("radio").check();
  await reload(page);
  assert.equal(await offer.getByRole("radio").isChecked(), true);
  assert.equal(await offer.isVisible(), true);

  await page.locator("#duration").selectOption("7");
  await offer.getByText("cannot").waitFor();
  assert.equal(await offer.getByRole("radio").isChecked(), true);
  assert.equal(await page.locator("#submit").textContent(), "Generate");
  await page.locator("#duration-issues li.error").getByText("Gen-4.5").waitFor();
});

test("the cheapest is the cheapest of those that there is a key for", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Lighthouse");
  const cheapest = page.locator("#price-cheapest");
  assert.match(await cheapest.textContent(), / at RunPod, /);
  await chooseEnvironment(page, "live");
  assert.match(await cheapest.textContent(), / at RunPod, /);
  await page.locator("#key-runware").fill("a-key");
  await cheapest.getByText(/ at Runware, /).waitFor();
  const keyless = page.locator("#quote-rows .quote", { hasText: "RunPod" });
  assert.match(await keyless.first().textContent(), /no key/);
});

test("an unknown price passes no limit, and the page says so", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "p-video");
  await page.locator("#prompt").fill("A cat yawns");
  await page.locator("#duration").selectOption("5");
  await chooseProvider(page, "runware");
  await page.getByRole("button", { name: "Generate, price unknown" }).waitFor();
  await page.locator("#limit").fill("100");
  await page.locator("#limit-issues").getByText("which no limit covers").waitFor();
});
