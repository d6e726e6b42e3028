// A page or a document in place of a video is an error, not a video.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { VIDEO, collector, host, videoBytes } from "./hosts.mjs";
import { failing } from "./support.mjs";

const bytesOf = (text) => new TextEncoder().encode(text);
const PAGE = bytesOf("<!doctype html><title>Please log in</title>");
const MP4 = Buffer.concat([Buffer.from("\0\0\0\x20ftypisom"), videoBytes(500)]);
const WEBM = Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), videoBytes(500)]);
const AVI = Buffer.concat([Buffer.from("RIFF\0\0\0\0AVI "), videoBytes(500)]);

const downloaded = async (content, type) => {
  const { sink, ends, bytes } = collector();
  const { fetch } = host({ content, headers: { "content-type": type } });
  const done = createFilmgate({ fetch }).download(VIDEO, sink);
  return { done, ends, bytes };
};

describe("a download of what is not a video", { concurrency: true }, () => {
  for (const type of ["text/html; charset=utf-8", "TEXT/PLAIN", "application/json", "application/xml"]) {
    test(`${type} is an error, and nothing is written`, async () => {
      const { done, bytes } = await downloaded(PAGE, type);
      const { charge, message } = await failing(done, "connection_error");
      assert.equal(charge, "charged");
      assert.ok(message.includes(type.split(";")[0].toLowerCase()), message);
      assert.equal(bytes().length, 0);
    });
  }

  for (const [name, content] of Object.entries({ MP4, WEBM, AVI })) {
    test(`${name} under a wrong type is a video`, async () => {
      const { done, bytes } = await downloaded(content, "text/plain");
      await done;
      assert.deepEqual(bytes(), content);
    });
  }

  for (const type of ["application/octet-stream", "binary/octet-stream", "video/mp4", undefined]) {
    test(`a file of type ${type} is not looked into`, async () => {
      const content = videoBytes(300);
      const { done, bytes } = await downloaded(content, type);
      await done;
      assert.deepEqual(bytes(), Buffer.from(content));
    });
  }
});
