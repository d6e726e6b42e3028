// What is not a gateway's answer, as of a captive portal or another API, is an `invalid_response` of every call that reads one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createGatewayClient } from "../../pkg/dist/gateway-client/index.js";
import { KEY, TEXT, failing } from "./support.mjs";

const CALLS = {
  submit: (client) => client.submit(TEXT),
  start: (client) => client.start(TEXT),
  generate: (client) => client.generate(TEXT),
  quote: (client) => client.quote(TEXT),
  validate: (client) => client.validate(TEXT),
  models: (client) => client.models(),
  model: (client) => client.model("wan-2.6"),
};
const EMPTY = [null, 1, "x"];
const BODIES = [
  ...[{}, [], { data: {} }],
  ...EMPTY.flatMap((empty) => [{ quote: empty }, { filmgate: empty }, { data: [empty] }, { data: [{ filmgate: empty }] }]),
  ...EMPTY.map((empty) => ({ ok: true, issues: [], listings: [empty] })),
  { ok: true, issues: [null], listings: [] },
];
/** A list of one object, whose fields are its own. */
const isQuotes = (name, { data }) => name === "quote" && Object.hasOwn(Object(data?.[0]), "filmgate");

for (const [name, call] of Object.entries(CALLS)) {
  describe(name, () => {
    for (const body of BODIES.filter((body) => !isQuotes(name, body))) {
      test(JSON.stringify(body), async () => {
        const fetch = async () => Response.json(body);
        const client = createGatewayClient({ url: "https://gateway.example", apiKey: KEY, fetch });
        const error = await failing(call(client), "invalid_response");
        assert.equal(error.charge, "none");
        assert.match(error.message, /`url`/);
        assert.deepEqual(await client.jobs(), []);
      });
    }
  });
}
