// What `schema` describes, and that its validation is the client's.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import Ajv from "ajv";
import { createFilmgate } from "../../pkg/dist/index.js";
import { schema } from "../../pkg/dist/schema/index.js";

const client = createFilmgate();
const IMAGE = "https://example.com/fox.png";
const REQUEST = { prompt: "A fox", duration: 5, resolution: "720p" };
const plain = (value) => JSON.parse(JSON.stringify(value));
const ids = client.models().map(({ id }) => id);

/** Formats are for forms. */
const FORMATS = { uri: true, uuid: true };

/** Whether a listing accepts the request, and ignores no field of it. */
const isTaken = (request) =>
  client.validate(request).listings.some(({ ok, issues }) => ok && !issues.some(({ code }) => code === "ignored"));

/** A request with the first allowed value of each required field. */
function smallest(id) {
  const { properties, required } = schema(client, id);
  const valueOf = ({ type, enum: values, minimum, items }) =>
    values?.[0] ?? (type === "integer" ? (minimum ?? 5) : items ? [IMAGE] : IMAGE);
  return { prompt: "A fox", ...Object.fromEntries(required.map((name) => [name, valueOf(properties[name])])) };
}

describe("the JSON Schema of a model", () => {
  test("is plain, frozen, and the same object at each call", () => {
    const one = schema(client, "wan-2.6");
    assert.equal(one, schema(client, "wan-2.6"));
    assert.ok(Object.isFrozen(one) && Object.isFrozen(one.properties.duration.enum));
    assert.ok("~standard" in one && !JSON.stringify(one).includes("standard"));
    const { $schema, title, type, properties, required, additionalProperties } = one;
    assert.equal($schema, "https://json-schema.org/draft/2020-12/schema");
    assert.deepEqual([title, type, required, additionalProperties], ["Request for Wan 2.6", "object", ["prompt", "duration"], false]);
    assert.deepEqual(properties.model, { const: "wan-2.6" });
    assert.deepEqual(properties.duration, { description: "Length in seconds.", type: "integer", enum: [5, 10, 15] });
    assert.deepEqual(properties.resolution.enum, ["720p", "1080p"]);
    assert.deepEqual(properties.output.properties.format.enum, ["mp4", "webm", "mov"]);
    assert.match(properties.image.description, /The first frame\. An http\(s\) URL/);
    assert.deepEqual([properties.n.minimum, properties.n.maximum], [1, 4]);
  });

  test("of every model is a valid schema of both drafts", () => {
    const drafts = [
      [new Ajv2020({ strict: true, formats: FORMATS }), "draft-2020-12"],
      [new Ajv({ strict: true, formats: FORMATS }), "draft-07"],
    ];
    for (const id of ids) {
      for (const [ajv, target] of drafts) ajv.compile(schema(client, id)["~standard"].jsonSchema.input({ target }));
    }
    assert.throws(() => schema(client, ids[0])["~standard"].jsonSchema.input({ target: "openapi-3.0" }), TypeError);
  });

  test("never refuses what a listing accepts: each allowed value, of each model", () => {
    let accepted = 0;
    for (const id of ids) {
      const isValid = new Ajv2020({ formats: FORMATS }).compile(plain(schema(client, id)));
      for (const request of variants(id)) {
        if (!isTaken({ ...request, model: id })) continue;
        accepted += 1;
        assert.ok(isValid(request), `${id}: ${JSON.stringify(request)}: ${JSON.stringify(isValid.errors)}`);
      }
    }
    assert.ok(accepted > 500, String(accepted));
  });

  test("refuses a value that no listing accepts, as the client does", () => {
    for (const id of ids) {
      const isValid = new Ajv2020({ formats: FORMATS }).compile(plain(schema(client, id)));
      for (const wrong of [{ duration: 997 }, { resolution: "333p" }, { promt: "x" }]) {
        const [name] = Object.keys(wrong);
        const { enum: values, maximum } = schema(client, id).properties[name] ?? {};
        if (name !== "promt" && !values && !maximum) continue;
        const request = { ...smallest(id), ...wrong };
        assert.ok(!isValid(request), `${id}: ${name}`);
        assert.ok(!client.validate({ ...request, model: id }).ok, `${id}: ${name}`);
      }
    }
  });

  test("of a provider's own id is that of raw input; an unknown model is refused", () => {
    const raw = schema(client, "runware:vendor:1@1");
    assert.deepEqual(raw.required, ["input"]);
    assert.ok(!raw["~standard"].validate({ input: { duration: 5 } }).issues);
    assert.throws(() => schema(client, "wan-0"), { code: "invalid_request" });
  });

  test("follows the client's own models", () => {
    const models = [{ ...client.model("wan-2.6"), id: "mine" }];
    const own = createFilmgate({ models });
    assert.deepEqual(schema(own, "mine").properties.duration, schema(client, "wan-2.6").properties.duration);
  });
});

describe("its validation", () => {
  const { validate } = schema(client, "wan-2.6")["~standard"];

  test("returns the request with its model", () => {
    assert.deepEqual(validate(REQUEST), { value: { ...REQUEST, model: "wan-2.6" } });
    const bytes = { ...REQUEST, resolution: undefined, image: new Uint8Array([0xff, 0xd8, 0xff]) };
    assert.equal(validate(bytes).value?.image ?? bytes.image, bytes.image);
  });

  test("reports what the client reports, with paths", () => {
    const wrong = { prompt: "A fox", duration: 7 };
    const reported = client.validate({ ...wrong, model: "wan-2.6" }).listings.flatMap(({ issues }) => issues);
    const [issue, ...others] = validate(wrong).issues;
    assert.deepEqual([issue.path, others], [["duration"], []]);
    assert.ok(reported.some(({ message }) => message === issue.message));
    assert.deepEqual(paths({ ...REQUEST, referenceVideos: ["https://example.com/a.mp4", 5] }), [["referenceVideos", 1]]);
    assert.deepEqual(paths({ ...REQUEST, model: "wan-2.5" }), [["model"]]);
    for (const value of [undefined, null, 5, "x", [], new Proxy({}, { ownKeys: () => Promise.reject.call(0) })]) {
      assert.deepEqual(paths(value), [[]]);
    }
  });

  const paths = (value) => validate(value).issues.map(({ path }) => path);
});

/** Requests with one more field each, in each of its values. */
function* variants(id) {
  const base = smallest(id);
  const { properties } = schema(client, id);
  yield base;
  for (const [name, property] of Object.entries(properties)) {
    const { type, enum: values, minimum, maximum, items, const: only } = property;
    const some = values ?? { integer: [minimum, maximum, 1, 5, 8, 24].filter(Number.isInteger), boolean: [true, false] }[type] ?? [];
    for (const value of [...some, ...(only ? [only] : []), ...(items ? [[IMAGE]] : type === "string" && !values ? [IMAGE] : [])]) {
      yield { ...base, [name]: value };
      if (name !== "size" && name !== "resolution") yield { ...base, image: IMAGE, [name]: value };
    }
  }
  for (const resolution of ["360p", "480p", "540p", "720p", "1080p", "4k"]) {
    for (const aspectRatio of ["16:9", "9:16", "1:1", "4:3"]) yield { ...base, resolution, aspectRatio };
  }
}
