// `npm run screencast` takes the pictures of the page in docs/ anew, the still ones and the moving one. The tests that
// take them on every run write them to tests/output/ instead.
import { build } from "./build.mjs";
import { step } from "./lib/log.mjs";
import { main, run } from "./lib/run.mjs";
import { browser } from "./lib/tools.mjs";
import { setUpBuild } from "./setup.mjs";

const TESTS = ["screenshots", "screencast"].map((name) => `tests/page/${name}.test.mjs`);

await main(async () => {
  await build(await setUpBuild());
  const { chromium } = await browser();
  step("Taking the pictures of the page", "two minutes");
  await run(process.execPath, ["--test", ...TESTS], { env: { CHROMIUM: chromium, SCREENSHOTS: "docs" } });
});
