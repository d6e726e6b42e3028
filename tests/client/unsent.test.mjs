// What certainly never reached the provider costs nothing, and says so.
import assert from "node:assert/strict";
import { createServer } from "node:https";
import { test } from "node:test";
import selfsigned from "selfsigned";
import { isUnconnected } from "../../pkg/dist/util/unconnected.js";
import { createFilmgate } from "../../pkg/dist/index.js";
import { KEY, PROVIDERS, REQUESTS, failing } from "./support.mjs";

async function server(t, name, options) {
  const { private: key, cert } = await selfsigned.generate([{ name: "commonName", value: name }], options);
  const arrived = [];
  const program = createServer({ key, cert }, (request, response) => {
    arrived.push(request.url);
    response.end("{}");
  });
  await new Promise((resolve) => program.listen(0, "localhost", resolve));
  t.after(() => (program.closeAllConnections(), program.close()));
  return { arrived, baseURL: `https://localhost:${program.address().port}/v2` };
}

for (const provider of PROVIDERS) {
  test(`${provider}: a certificate that is not trusted: nothing arrives, and nothing is billed`, async (t) => {
    const { arrived, baseURL } = await server(t, "localhost");
    const client = createFilmgate({ [provider]: { apiKey: KEY, baseURL } });
    const error = await failing(client.submit(REQUESTS[provider], { provider }), "connection_error");
    assert.equal(error.charge, "none");
    assert.deepEqual(arrived, []);
  });

  for (const code of ["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"]) {
    test(`${provider}: ${code} before the connection is established`, async () => {
      const cause = Object.assign(new Error(code), { code, syscall: "connect" });
      const fetch_ = () => Promise.reject(new TypeError("fetch failed", { cause }));
      const client = createFilmgate({ [provider]: { apiKey: KEY }, fetch: fetch_ });
      const error = await failing(client.submit(REQUESTS[provider], { provider }), "connection_error");
      assert.deepEqual([error.charge, error.cause.cause.code], ["none", code]);
    });
  }
}

const failed = (cause) => new TypeError("fetch failed", { cause });
const coded = (code, more) => Object.assign(new Error(code), { code, ...more });
const UNSENT = {
  ...Object.fromEntries(
    ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "DEPTH_ZERO_SELF_SIGNED_CERT",
      "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "CERT_NOT_YET_VALID", "ERR_TLS_CERT_ALTNAME_INVALID"].map((code) => [code, failed(coded(code))]),
  ),
  "all addresses of a host": failed(Object.assign(new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH", { syscall: "connect" })]), { code: "ECONNREFUSED" })),
  "Bun": coded("ConnectionRefused"),
  "Bun's certificate": coded("DEPTH_ZERO_SELF_SIGNED_CERT"),
  "Deno": new TypeError("error sending request for url (https://localhost:1/): client error (Connect): tcp connect error: Connection refused (os error 111)"),
  "Deno's certificate": new TypeError("error sending request for url (https://localhost:1/): client error (Connect): invalid peer certificate: UnknownIssuer"),
};
for (const [name, error] of Object.entries(UNSENT)) {
  test(`${name}: certainly unsent`, () => assert.equal(isUnconnected(error), true));
}

const circle = new Error("circle");
circle.cause = circle;
const UNKNOWN = {
  "a reset": failed(coded("ECONNRESET", { syscall: "read" })),
  "a host that became unreachable while it was read": failed(coded("EHOSTUNREACH", { syscall: "read" })),
  "an unreachable network without a call": failed(coded("ENETUNREACH")),
  "one address that was connected": failed(new AggregateError([coded("ECONNREFUSED"), coded("ECONNRESET")])),
  "a timeout of the headers": failed(coded("UND_ERR_HEADERS_TIMEOUT")),
  "Deno's broken connection": new TypeError("error sending request for url (https://localhost:1/): connection closed before message completed"),
  "a cause of itself": circle,
  nothing: undefined,
};
for (const [name, error] of Object.entries(UNKNOWN)) {
  test(`${name}: it may have been sent`, () => assert.equal(isUnconnected(error), false));
}
