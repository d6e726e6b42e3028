// The admin page's catalog: shown, replaced by a file, and taken back.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openGateway, openSection, rowOf } from "./admin-page/scene.mjs";
import { broken, DATE, document, model } from "./catalog/documents.mjs";

const { gateway, ask } = await openGateway({ after });
const fileOf = (value) => ({ name: "catalog.json", mimeType: "application/json", buffer: Buffer.from(value) });

test("a catalog is uploaded, what is left out is named, and the built-in one comes back", async (t) => {
  const page = await openSection(t, gateway, "catalog");
  const tile = (name) => page.locator(".tile").filter({ hasText: name });
  await tile("Source").getByText("built in", { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Use the built-in catalog…" }).isVisible(), false);

  await page.getByRole("button", { name: "Upload a catalog…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("File").setInputFiles(fileOf("{}"));
  await dialog.getByRole("button", { name: "Upload" }).click();
  await dialog.getByRole("alert").getByText("The catalog in use stays.").waitFor();
  await dialog.getByLabel("File").setInputFiles(fileOf(JSON.stringify(document(model("dream-9", 0.2), broken("dream-10")))));
  await dialog.getByRole("button", { name: "Upload" }).click();
  await dialog.getByText("1 model is in use. 1 entry is left out.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await tile("Source").getByText("uploaded").waitFor();
  await tile("Date").getByText(DATE).waitFor();
  await rowOf(page, "left-out", "dream-10").getByText("is left out of the catalog").waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Keys" }).click();
  await page.getByRole("button", { name: "New API key" }).click();
  await dialog.getByLabel("Only these").check();
  await dialog.getByRole("checkbox", { name: "dream-9" }).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("navigation").getByRole("link", { name: "Overview" }).click();
  await page.getByRole("link", { name: "Show or replace the catalog" }).click();
  await page.getByRole("button", { name: "Use the built-in catalog…" }).click();
  await dialog.getByRole("button", { name: "Use the built-in catalog", exact: true }).click();
  await tile("Source").getByText("built in", { exact: true }).waitFor();
  assert.equal((await ask("GET", "/admin/api/catalog", gateway.adminToken)).source, "built_in");
});
