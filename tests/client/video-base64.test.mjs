// A video as Base64 is downloaded in every spelling that is read as one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { collector, videoBytes } from "./hosts.mjs";
import { failing } from "./support.mjs";

/** Each character of Base64 is in it, also those that differ in URLs, and padding. */
const BYTES = Buffer.concat([videoBytes(999), Buffer.from([0xfb, 0xef, 0xbe, 0xff, 0xff])]);
const PLAIN = BYTES.toString("base64");
const SPELLINGS = {
  plain: PLAIN,
  "with the characters of URLs": PLAIN.replaceAll("+", "-").replaceAll("/", "_"),
  "without padding": PLAIN.replaceAll("=", ""),
  "in lines": PLAIN.replace(/.{76}/g, "$&\r\n"),
  "with a line break at its end": `${PLAIN}\n`,
};

async function downloaded(data) {
  const { sink, bytes } = collector();
  await createFilmgate().download({ data }, sink);
  return bytes();
}

test("the test has each kind of character", () => {
  assert.match(PLAIN, /\+.*\/.*=$/);
});

describe("a video as Base64", { concurrency: true }, () => {
  for (const [name, text] of Object.entries(SPELLINGS)) {
    test(`alone, ${name}`, async () => assert.deepEqual(await downloaded(text), BYTES));
    test(`in a data URI, ${name}`, async () => {
      assert.deepEqual(await downloaded(`data:video/mp4;base64,${text}`), BYTES);
    });
  }
});

test("what is not Base64 is an error, and not a damaged video", async () => {
  for (const text of ["AAAA*AAA", "A", "AA=A", "AAAA="]) {
    const { charge } = await failing(downloaded(`data:video/mp4;base64,${text}`), "invalid_response");
    assert.equal(charge, "charged");
  }
});
