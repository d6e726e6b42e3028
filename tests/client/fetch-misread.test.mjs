// A custom `fetch` that takes the request for a URL has sent nothing; one that fails after it has read the request may have.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fetch as undiciFetch } from "undici";
import { KEY, PROVIDERS, REQUESTS, failing } from "./support.mjs";
import { createFilmgate } from "../../pkg/dist/index.js";

const MISREAD = {
  "one of another implementation": (request) => undiciFetch(request),
  "one for a string": (url, init) => fetch(String(url), init),
  "one that parses": async (url) => fetch(new URL(url)),
};
const asUrl = (request) => new URL(String(request));
const MAY_HAVE_SENT = {
  "after the body was read": async (request) => {
    await request.text();
    asUrl(request);
  },
  "after the body of a clone was read": async (request) => {
    await request.clone().text();
    asUrl(request);
  },
  "after the body of a copy was read": async (request) => {
    await new Request(request).text();
    asUrl(request);
  },
  "with the code of a redirect to an invalid URL": async () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: "https://" }) });
  },
};

const open = (provider, fetch_) => createFilmgate({ [provider]: { apiKey: KEY }, fetch: fetch_ });

for (const provider of PROVIDERS) {
  describe(`${provider}: a custom fetch that takes the request for a URL`, { concurrency: true }, () => {
    for (const [what, fetch_] of Object.entries(MISREAD)) {
      test(what, async () => {
        const error = await failing(open(provider, fetch_).submit(REQUESTS[provider], { provider }), "connection_error");
        assert.equal(error.charge, "none");
        assert.match(error.cause.message, /`fetch` is called with one `Request`/);
      });
    }

    for (const [what, fetch_] of Object.entries(MAY_HAVE_SENT)) {
      test(`it may have sent it: ${what}`, async () => {
        const submitting = open(provider, fetch_).submit(REQUESTS[provider], { provider, timeoutMs: 2_000 });
        const error = await submitting.then((job) => job.result()).catch((error) => error);
        assert.equal(error.charge, "unknown", error.message);
      });
    }
  });
}
