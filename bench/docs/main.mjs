// `npm run bench:docs`: writes the results into the pages of the documentation that show them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { note } from "../../scripts/lib/log.mjs";
import { main, root } from "../../scripts/lib/run.mjs";
import { PAGES, filled } from "./blocks.mjs";

await main(async () => {
  for (const page of PAGES) {
    const path = join(root, page);
    const text = readFileSync(path, "utf8");
    const now = filled(text);
    if (now !== text) writeFileSync(path, now);
    note(`${page}: ${now === text ? "as it was" : "written"}`);
  }
});
