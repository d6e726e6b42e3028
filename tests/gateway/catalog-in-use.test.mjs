// The catalogs of jobs that were made with another one than the gateway's: each is read once while it is in use.
import assert from "node:assert/strict";
import { test } from "node:test";
import { document, model } from "./catalog/documents.mjs";
import { workerModules } from "./worker-module.mjs";

const { modelsOfJob } = await workerModules("catalog/in-use.ts");

/** As many as an isolate keeps. */
const KEPT = 20;
const given = document(model("dream-9", 0.05));
const modelsOf = (version) => modelsOfJob({ version, given });
const inTurn = () => Array.from({ length: KEPT }, (_, at) => modelsOf(`v${at}`));

test("catalogs that take turns are each read once, and another puts out the least recently used", () => {
  const first = inTurn();
  assert.equal(new Set(first).size, KEPT);
  for (const [at, models] of inTurn().entries()) assert.equal(models, first[at], `v${at}`);

  assert.equal(modelsOf("v0"), first[0]);
  modelsOf("another");
  assert.equal(modelsOf("v0"), first[0], "it was used last");
  for (let at = 2; at < KEPT; at += 1) assert.equal(modelsOf(`v${at}`), first[at], `v${at}`);
  assert.notEqual(modelsOf("v1"), first[1]);
});
