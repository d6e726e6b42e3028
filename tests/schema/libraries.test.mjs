// The schema of a model in the libraries that take one, each as it is published.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sValidator } from "@hono/standard-validator";
import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, McpServer } from "@modelcontextprotocol/server";
import { asSchema, generateText, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { Hono } from "hono";
import { createFilmgate } from "../../pkg/dist/index.js";
import { schema } from "../../pkg/dist/schema/index.js";

const client = createFilmgate();
const wan = schema(client, "wan-2.6");
const REQUEST = { prompt: "A fox", duration: 5, resolution: "720p" };
const WRONG = { prompt: "A fox", duration: 7 };

test("react-hook-form: the resolver returns the values, or an error for each field", async () => {
  const resolver = standardSchemaResolver(wan);
  const options = { fields: {}, shouldUseNativeValidation: false };
  const right = await resolver(REQUEST, undefined, options);
  assert.deepEqual(right, { values: { ...REQUEST, model: "wan-2.6" }, errors: {} });
  const pro = standardSchemaResolver(schema(client, "sora-2-pro"));
  const wrong = await pro({ ...WRONG, size: "1280x720", output: { quality: 1 } }, undefined, options);
  assert.match(wrong.errors.duration.message, /4, 8/);
  assert.ok(wrong.errors.output.quality.message);
});

describe("the AI SDK", () => {
  const quoteVideo = tool({
    description: "Generates a video.",
    inputSchema: wan,
    execute: (request) => client.quote(request)[0].totalUsd,
  });

  test("reads the JSON Schema and validates", async () => {
    const read = asSchema(quoteVideo.inputSchema);
    const json = await read.jsonSchema;
    assert.equal(json.$schema, "http://json-schema.org/draft-07/schema#");
    assert.deepEqual(json.properties.duration.enum, [5, 10, 15]);
    assert.equal((await read.validate(REQUEST)).success, true);
    assert.equal((await read.validate(WRONG)).success, false);
  });

  test("calls the tool with the request, and returns the error of a wrong one to the model", async () => {
    const call = (input) =>
      generateText({
        model: new MockLanguageModelV4({
          doGenerate: {
            finishReason: { unified: "tool-calls", raw: undefined },
            usage: { inputTokens: {}, outputTokens: {} },
            warnings: [],
            content: [{ type: "tool-call", toolCallId: "1", toolName: "quote_video", input: JSON.stringify(input) }],
          },
        }),
        tools: { quote_video: quoteVideo },
        prompt: "A fox",
      });
    const { toolResults } = await call(REQUEST);
    assert.equal(toolResults[0].output, 0.5);
    const { content } = await call(WRONG);
    assert.match(JSON.stringify(content), /duration/);
  });
});

test("MCP: a server lists the JSON Schema, and refuses a wrong call", async () => {
  const server = new McpServer({ name: "videos", version: "1.0.0" });
  server.registerTool("quote_video", { description: "Quotes a video.", inputSchema: wan }, (request) => ({
    content: [{ type: "text", text: String(client.quote(request)[0].totalUsd) }],
  }));
  const agent = new Client({ name: "agent", version: "1.0.0" });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), agent.connect(theirs)]);
  const { tools } = await agent.listTools();
  assert.deepEqual(tools[0].inputSchema.properties.duration.enum, [5, 10, 15]);
  const right = await agent.callTool({ name: "quote_video", arguments: REQUEST });
  assert.equal(right.content[0].text, "0.5");
  const wrong = await agent.callTool({ name: "quote_video", arguments: WRONG }).catch((error) => ({ isError: true, content: error.message }));
  assert.ok(wrong.isError);
  assert.match(JSON.stringify(wrong.content), /duration/);
  await agent.close();
});

test("Hono: a wrong body gets 400 with the issues, a right one reaches the route with its model", async () => {
  const app = new Hono().post("/videos", sValidator("json", wan), (c) => c.json(c.req.valid("json")));
  const post = (body) =>
    app.request("/videos", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const right = await post(REQUEST);
  assert.deepEqual([right.status, await right.json()], [200, { ...REQUEST, model: "wan-2.6" }]);
  const wrong = await post(WRONG);
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /"duration"/);
});
