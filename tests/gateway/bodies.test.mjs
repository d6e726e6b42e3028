// Bodies that are too large, too slow or invalid.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const { hostname, port, host } = new URL(served.url);

/** A connection that has sent a head and receives the response: `{ socket, answer }`. */
async function speak(head) {
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  let text = "";
  let tell;
  const answer = new Promise((resolve) => (tell = resolve));
  socket.setEncoding("latin1");
  socket.on("error", () => tell(text));
  socket.on("close", () => tell(text));
  socket.on("data", (more) => {
    text += more;
    if (text.includes('"code"')) tell(text);
  });
  const lines = [`Host: ${host}`, `Authorization: Bearer ${apiKey}`, ...head.slice(1)];
  socket.write([head[0], ...lines, "", ""].join("\r\n"));
  after(() => socket.destroy());
  return { socket, answer };
}

const told = (text) => [Number(text.split(" ")[1]), /"code": ?"(\w+)"/.exec(text)?.[1]];

test("a body of 100 MB is rejected by its headers, before any of it is read", async () => {
  for (const type of ["application/json", "multipart/form-data; boundary=x"]) {
    const { answer } = await speak([
      "POST /v1/videos HTTP/1.1",
      `Content-Type: ${type}`,
      "Content-Length: 100000000",
    ]);
    assert.deepEqual(told(await answer), [413, "payload_too_large"]);
  }
});

test("a client that reads the response only after sending a slightly oversized body receives 413", async () => {
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  after(() => socket.destroy());
  const head = [`Host: ${host}`, `Authorization: Bearer ${apiKey}`, "Content-Type: application/json"];
  socket.write(["POST /v1/videos HTTP/1.1", ...head, "Content-Length: 20000000", "", ""].join("\r\n"));
  // Longer than the engine reads after it has responded.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await new Promise((resolve) => socket.write(Buffer.alloc(20_000_000, "a"), resolve));
  const [text] = await once(socket.setEncoding("latin1"), "data");
  assert.equal(told(text)[0], 413);
});

test("a body without a length is rejected while it is read, after twice the limit", async () => {
  const { socket, answer } = await speak([
    "POST /v1/videos HTTP/1.1",
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
  ]);
  const piece = Buffer.alloc(1_000_000, "a");
  // One byte more than the gateway reads, and no end: a write that the closed connection resets would lose the response.
  for (const part of [...Array(32).fill(piece), Buffer.from("a")]) {
    socket.write(`${part.length.toString(16)}\r\n`);
    socket.write(part);
    if (!socket.write("\r\n")) await once(socket, "drain");
  }
  assert.deepEqual(told(await answer), [413, "payload_too_large"]);
});

test("a body that arrives byte by byte is rejected after 30 seconds", { timeout: 300_000 }, async () => {
  const { socket, answer } = await speak([
    "POST /v1/videos HTTP/1.1",
    "Content-Type: application/json",
    "Content-Length: 1000",
  ]);
  const drip = setInterval(() => socket.writable && socket.write(" "), 1000);
  const text = await answer;
  clearInterval(drip);
  assert.deepEqual(told(text), [408, "request_timeout"]);
  assert.match(text, /^x-should-retry: false\r$/im, "its retry would join an equal order's job");
});

test("bodies without images may be 64 kB", async () => {
  const id = `video_${"0".repeat(64)}`;
  const calls = {
    [`/v1/videos/${id}/remix`]: 64_001,
    [`/v1/videos/${id}/cancel`]: 64_001,
  };
  for (const [path, length] of Object.entries(calls)) {
    const body = `"${"a".repeat(length - 2)}"`;
    const headers = { "content-type": "application/json" };
    const answer = await served.call(path, { apiKey, method: "POST", headers, body });
    assert.deepEqual([answer.status, answer.body.error.code], [413, "payload_too_large"], path);
  }
});

test("a malformed body is rejected, and so is another media type", async () => {
  const send = async (type, body) => {
    const headers = { "content-type": type };
    const answer = await served.call("/v1/videos", { apiKey, method: "POST", headers, body });
    return [answer.status, answer.body.error.code];
  };
  const json = "application/json";
  assert.deepEqual(await send(json, "{"), [400, "invalid_request_body"]);
  assert.deepEqual(await send(json, ""), [400, "invalid_request_body"]);
  assert.deepEqual(await send(json, Buffer.from([0x22, 0xff, 0x22])), [400, "invalid_request_body"]);
  for (const body of ["[]", "null", '"a"', "7"]) {
    assert.deepEqual(await send(json, body), [400, "invalid_request_body"], body);
  }
  assert.deepEqual(await send("multipart/form-data", "a=b"), [400, "invalid_request_body"]);
  assert.deepEqual(await send("multipart/form-data; boundary=x", "a=b"), [400, "invalid_request_body"]);
  assert.deepEqual(await send("text/plain", "{}"), [415, "unsupported_media_type"]);
  assert.deepEqual(await send("application/x-www-form-urlencoded", "prompt=a"), [
    415,
    "unsupported_media_type",
  ]);
});

test("a form's field names cannot reach other objects", async () => {
  const form = (name) => {
    const fields = new FormData();
    fields.set("prompt", "A boat");
    fields.set(name, "x");
    return fields;
  };
  for (const name of ["__proto__[a]", "filmgate[__proto__][a]", "a b", "a[b", "filmgate[n]]"]) {
    const { status, body } = await served.call("/v1/videos", { apiKey, body: form(name) });
    assert.deepEqual([status, body.error.code], [400, "invalid_request_body"], name);
  }
  for (const name of ["constructor[prototype]", "filmgate[constructor]", "toString"]) {
    const { status, body } = await served.call("/v1/videos", { apiKey, body: form(name) });
    assert.deepEqual([status, body.error.code], [400, "invalid_request"], name);
  }
});

test("a duplicate field is rejected", async () => {
  const fields = new FormData();
  fields.append("prompt", "A boat");
  fields.append("prompt", "Another boat");
  const { status, body } = await served.call("/v1/videos", { apiKey, body: fields });
  assert.deepEqual([status, body.error.code, body.error.param], [400, "invalid_request_body", "prompt"]);
});

test("a JSON field of any name is rejected by that name", async () => {
  const headers = { "content-type": "application/json" };
  const bodies = {
    '{"prompt":"A boat","__proto__":{"size":"1x1"}}': "__proto__",
    '{"prompt":"A boat","filmgate":{"__proto__":{"image":"x"}}}': "filmgate.__proto__",
    '{"prompt":"A boat","filmgate":{"constructor":1}}': "filmgate.constructor",
    '{"prompt":"A boat","duration":8}': "duration",
  };
  for (const [body, param] of Object.entries(bodies)) {
    const answer = await served.call("/v1/videos", { apiKey, method: "POST", headers, body });
    assert.deepEqual([answer.status, answer.body.error?.param], [400, param], body);
  }
});

test("a request cannot be used as storage", async () => {
  const json = { prompt: "a".repeat(300_000) };
  const { status, body } = await served.call("/v1/videos", { apiKey, json });
  assert.deepEqual([status, body.error.code], [413, "payload_too_large"]);
});

test("without an API key no body is read", async () => {
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  after(() => socket.destroy());
  const head = ["POST /v1/videos HTTP/1.1", `Host: ${host}`, "Content-Type: application/json"];
  socket.write([...head, "Content-Length: 1000", "", ""].join("\r\n"));
  socket.setEncoding("latin1");
  const [text] = await once(socket, "data");
  assert.equal(text.split(" ")[1], "401");
});
