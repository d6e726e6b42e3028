// Malicious ids and headers: another key's, malformed ones, paths and line breaks in them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const video = await served.generate(apiKey);

/** Every call that an id leads to. */
const CALLS = [
  ["GET", ""],
  ["HEAD", ""],
  ["DELETE", ""],
  ["GET", "/content"],
  ["HEAD", "/content"],
  ["GET", "/events"],
  ["POST", "/cancel"],
  ["POST", "/remix"],
];

const reach = (id, as) =>
  Promise.all(
    CALLS.map(async ([method, rest]) => {
      const json = method === "POST" ? { json: { prompt: "Mine now" } } : {};
      const { status, body } = await served.call(`/v1/videos/${id}${rest}`, { apiKey: as, method, ...json });
      return { call: `${method} ${rest}`, status, body };
    }),
  );

test("another API key's video returns the same error as an unknown one", async () => {
  const stranger = await served.createKey();
  const none = await reach(`video_${"0".repeat(64)}`, stranger);
  const theirs = await reach(video.id, stranger);
  assert.deepEqual(theirs, none);
  for (const { call, status } of theirs) assert.equal(status, 404, call);
  const { body } = await served.call("/v1/videos", { apiKey: stranger });
  assert.deepEqual(body.data, []);
  const after = await served.call(`/v1/videos?after=${video.id}`, { apiKey: stranger });
  const unknown = await served.call(`/v1/videos?after=video_${"0".repeat(64)}`, { apiKey: stranger });
  assert.deepEqual([after.status, after.body], [400, unknown.body]);
  assert.equal((await served.call(`/v1/videos/${video.id}`, { apiKey })).status, 200);
});

const ODD = [
  "video_",
  "video_" + "g".repeat(64),
  video.id.toUpperCase(),
  video.id.slice(6),
  `${video.id}0`,
  `${video.id}%00`,
  `${video.id}%0d%0aset-cookie:%20a=b`,
  `..%2f${video.id}`,
  `%2e%2e%2fadmin%2fapi%2ftokens`,
  `${video.id}%2fcontent`,
  `${video.id};v=1`,
  "%f0%9f%8e%ac",
  "%",
  "%zz",
  "'%20OR%201=1--",
  "a".repeat(4000),
];

test("a malformed id finds nothing, and is in no response header", async () => {
  for (const id of ODD) {
    for (const { call, status } of await reach(id, apiKey)) assert.equal(status, 404, `${call} ${id}`);
    const { headers } = await served.call(`/v1/videos/${id}/content`, { apiKey });
    assert.equal(headers.get("set-cookie"), null);
    assert.ok(![...headers.values()].some((value) => value.includes("a=b")));
  }
});

test("a file's name and range come from the gateway only", async () => {
  const { headers } = await served.call(`/v1/videos/${video.id}/content`, { apiKey, method: "HEAD" });
  assert.equal(headers.get("content-disposition"), `attachment; filename="${video.id}.mp4"`);
});

test("a request keeps its client's request id only if that is harmless", async () => {
  const named = async (id) => {
    const { headers } = await served.call("/healthz", { headers: { "x-request-id": id } });
    return headers.get("x-request-id");
  };
  assert.equal(await named("trace-42_a"), "trace-42_a");
  for (const id of ["a b", "<script>", "é", "x".repeat(65), "a=b", ""]) {
    assert.match(await named(id), /^[0-9a-f-]{36}$/);
  }
});

test("a line break in a header ends the request, not the response", async () => {
  const { hostname, port, host } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  after(() => socket.destroy());
  socket.setEncoding("latin1");
  const lines = [
    `GET /v1/videos/${video.id} HTTP/1.1`,
    `Host: ${host}`,
    "X-Request-Id: a\rset-cookie: a=b",
    `Authorization: Bearer ${apiKey}`,
  ];
  socket.write([...lines, "", ""].join("\r\n"));
  const [text] = await once(socket, "data");
  assert.doesNotMatch(text, /^set-cookie/im);
});

test("each path accepts its own methods, and lists them", async () => {
  const wrong = {
    "/v1/videos": ["PUT", "PATCH", "DELETE"],
    [`/v1/videos/${video.id}`]: ["POST", "PUT", "PATCH"],
    [`/v1/videos/${video.id}/content`]: ["POST", "DELETE"],
    [`/v1/videos/${video.id}/cancel`]: ["GET", "DELETE"],
    "/v1/quotes": ["GET"],
    "/v1/validate": ["GET"],
    "/v1/plan": ["GET"],
    "/v1/models": ["POST"],
    "/healthz": ["POST"],
    [`/webhooks/${"0".repeat(64)}`]: ["GET"],
  };
  for (const [path, methods] of Object.entries(wrong)) {
    for (const method of methods) {
      const { status, headers, body } = await served.call(path, { apiKey, method });
      assert.deepEqual([status, body.error.code], [405, "method_not_allowed"], `${method} ${path}`);
      assert.ok(headers.get("allow") && !headers.get("allow").includes(method));
    }
  }
});

test("a path is exact", async () => {
  for (const path of ["/v1/videos/", "/V1/videos", "/v1//videos", "/v2/videos", "/", "/v1"]) {
    const { status, body } = await served.call(path, { apiKey });
    assert.deepEqual([status, body.error?.code], [404, "not_found"], path);
  }
});
