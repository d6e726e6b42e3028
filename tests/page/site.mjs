// The page of www/ as a user sees it: one job, with the simulated local server.
import assert from "node:assert/strict";
import { serve } from "../../scripts/lib/serve.mjs";
import { assertPlays, chooseProvider, videos, ready, useExample, waitFor } from "./support.mjs";

const EXAMPLES = { runpod: "Bakery", runware: "Mangrove" };

export class Site {
  /** The operation that a submit passes first, once its record is stored. */
  firstOperation = "preflight";
  #newPage;
  #origin;
  #page;

  /** `newPage` opens a page in the profile that stores the job. */
  constructor(newPage) {
    this.#newPage = newPage;
  }

  async serve(t, { runpod, runware }) {
    const server = await serve({ config: { runpod, runware } });
    t.after(server.close);
    this.#origin = server.origin;
  }

  /** Opens a page. With `freeze`, it hangs when it is about to store its job with that time set. */
  async open({ proxy }, freeze) {
    this.#page = await this.#newPage();
    if (freeze) await this.#page.addInitScript(freezeAt, [freeze, `${proxy.origin}/frozen`]);
    // The environment is stored in advance: a browser takes seconds to write a choice to its disk.
    await this.#page.addInitScript(() => {
      localStorage.setItem("filmgate.settings", JSON.stringify({ environment: "local" }));
    });
    await this.reload();
  }

  async reload() {
    await this.#page.goto(this.#origin);
    await ready(this.#page);
  }

  async submit({ provider }) {
    await useExample(this.#page, EXAMPLES[provider]);
    await chooseProvider(this.#page, provider);
    await this.#page.locator("#submit").click();
  }

  async waitUntilAccepted() {
    await waitFor(() => this.#page.evaluate(isAccepted));
  }

  waitUntilRunning() {
    return this.#page.locator(".job[data-state=running]").getByText(/^Generating/).waitFor();
  }

  /** The shown result of the one job, once it has ended; or that there is none. */
  async result() {
    const page = this.#page;
    await page.locator(".video-card:not([data-state=running]), #jobs-empty").first().waitFor();
    if ((await videos(page).count()) === 0) return { status: "none" };
    assert.equal(await videos(page).count(), 1);
    const jobs = page.locator(".job");
    await jobs.waitFor();
    if ((await jobs.getAttribute("data-state")) === "completed") {
      await jobs.getByText(/^Completed\. Cost \$\d\.\d\d, as quoted\.$/).waitFor();
      return { status: "completed" };
    }
    await jobs.getByText(/^The (answer|response) to the submit was lost/).waitFor();
    await jobs.getByText(/RunPod is simulated: nothing is paid/).waitFor();
    await jobs.getByLabel("Job id from the simulator's ledger").waitFor();
    return { status: "submission_unknown", charge: "unknown" };
  }

  /** A video that completes while it is shown is downloaded by itself; an earlier one is not. */
  async download() {
    const show = this.#page.getByRole("button", { name: "Show the video" });
    if (await show.isVisible()) await show.click();
    const video = this.#page.locator("video");
    await video.waitFor();
    await video.evaluate((video) => void video.play());
    await assertPlays(video);
  }
}

function freezeAt([time, address]) {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (value?.record?.handle[time]) {
      const request = new XMLHttpRequest();
      request.open("POST", address, false);
      request.send();
    }
    return put.call(this, value, key);
  };
}

async function isAccepted() {
  const finished = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await finished(indexedDB.open("filmgate-local"));
  const [name] = database.objectStoreNames;
  const entries = name ? await finished(database.transaction(name).objectStore(name).getAll()) : [];
  database.close();
  return entries.some(({ record }) => record.handle.acceptedAt);
}
