// A first frame by URL, by file, by paste and by drop.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, IMAGE_FILE, submitText, useExample, thumbnailOf } from "./support.mjs";

const FIELD = "[data-field=image]";

const preview = (page) => thumbnailOf(page, "image");

/** A `DataTransfer` with the image, as the browser passes one to a paste or a drop. */
const transfer = (page, { type = IMAGE_FILE.mimeType } = {}) =>
  page.evaluateHandle(
    ([bytes, name, mime]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, { type: mime }));
      return data;
    },
    [[...IMAGE_FILE.buffer], IMAGE_FILE.name, type],
  );

const WAYS = {
  file: (page) => page.locator("#image-file").setInputFiles(IMAGE_FILE),
  paste: async (page) =>
    page.evaluate(
      (clipboardData) => {
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
      },
      await transfer(page),
    ),
  drop: async (page) => {
    const dataTransfer = await transfer(page);
    await page.dispatchEvent(FIELD, "dragover", { dataTransfer });
    await page.dispatchEvent(FIELD, "drop", { dataTransfer });
  },
};

for (const [way, add] of Object.entries(WAYS)) {
  test(`by ${way}: previewed, sent as a data URI, and allowed for RunPod by a fix`, async (t) => {
    const { page } = await openPage(t);
    await useExample(page, "Bakery");
    await page.check("input[name=provider][value=runpod]");
    await add(page);
    await preview(page).waitFor();
    assert.ok(
      await preview(page).evaluate((node) => node.decode().then(() => node.naturalWidth > 0)),
    );
    await page.locator(`${FIELD} figcaption`, { hasText: "frame.png" }).waitFor();

    const issue = page.locator("#image-issues li.error, #allowInlineImages-issues li.error");
    await issue.waitFor();
    await issue.getByRole("button").click();
    await issue.waitFor({ state: "detached" });
    assert.equal(await page.locator("#allowInlineImages").isChecked(), true);
    assert.equal(await submitText(page), "Generate for $1.20");

    await page.getByRole("button", { name: "Remove the image" }).click();
    assert.equal(await preview(page).isVisible(), false);
    assert.equal(await page.locator("#image").isVisible(), true);
  });
}

test("by URL: the page does not fetch it", async (t) => {
  const { page, requests } = await openPage(t);
  await useExample(page, "Bakery");
  assert.equal(await page.locator("#image").inputValue(), "https://example.com/baker.jpeg");
  assert.equal(
    requests.some((url) => url.includes("example.com")),
    false,
  );
});

test("a file that is not an image is rejected", async (t) => {
  const { page } = await openPage(t);
  const dataTransfer = await transfer(page, { type: "text/plain" });
  await page.dispatchEvent(FIELD, "drop", { dataTransfer });
  const note = page.locator("#image-note", { hasText: "not an image" });
  await note.waitFor();
  assert.equal(await preview(page).isVisible(), false);

  // A good one takes the message away.
  await page.locator("#image-file").setInputFiles(IMAGE_FILE);
  await preview(page).waitFor();
  assert.equal(await note.count(), 0);
});

test("a file that only claims to be an image is rejected", async (t) => {
  const { page } = await openPage(t);
  const buffer = Buffer.from("no image at all");
  await page.locator("#image-file").setInputFiles({ name: "fake.png", mimeType: "image/png", buffer });
  await page.locator("#image-note", { hasText: "not an image" }).waitFor();
  assert.equal(await preview(page).count(), 0);
});

test("a picture larger than any model takes is scaled, and its size is told", async (t) => {
  const { page } = await openPage(t);
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(3000, 1500);
    const context = canvas.getContext("2d");
    const noise = context.createImageData(3000, 1500);
    for (let index = 0; index < noise.data.length; index += 1) noise.data[index] = (index * 2654435761) >>> 24;
    context.putImageData(noise, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    return btoa(text);
  });
  const buffer = Buffer.from(base64, "base64");
  assert.ok(buffer.length > 4_000_000);
  await page.locator("#image-file").setInputFiles({ name: "large.png", mimeType: "image/png", buffer });
  await page.locator(`${FIELD} figcaption`, { hasText: "scaled from 3000 × 1500" }).waitFor();
  assert.deepEqual(await preview(page).evaluate((node) => [node.naturalWidth, node.naturalHeight]), [2048, 1024]);
});

test("a file dropped anywhere becomes the first frame, and does not replace the page", async (t) => {
  const { page } = await openPage(t);
  const dataTransfer = await transfer(page);
  await page.dispatchEvent("h1", "dragover", { dataTransfer });
  await page.getByText("Drop the picture").waitFor();
  const stopped = await page.evaluate((data) => {
    const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    return !document.body.dispatchEvent(event);
  }, dataTransfer);
  assert.equal(stopped, true);
  await preview(page).waitFor();
});
