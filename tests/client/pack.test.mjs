// Arguments cross into the module as bytes: what a request's raw fields hold leaves as it came in.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../../pkg/dist/index.js";
import { advance, plan, readWebhookBody } from "../../pkg/dist/core/core.js";
import { pack } from "../../pkg/dist/core/pack.js";
import { random } from "../random.mjs";

const RUNS = 300;

/** The value, once in the module and back. */
function crossed(value) {
  const request = { model: "runpod:echo-video", input: { a: value } };
  const [{ state }] = plan(request, { availableProviders: ["runpod"] }, {}, () => "11111111-1111-4111-8111-111111111111");
  const { outputs } = advance(state, { type: "saved", revision: 1 });
  return outputs.find(({ type }) => type === "transmit").body.input.a;
}

test("texts of any length and alphabet", () => {
  const texts = [0, 1, 63, 64, 65, 1_023, 1_024, 70_000].flatMap((length) =>
    ["a", "é", "\u2028", "😀"].flatMap((letter) => {
      const plain = "x".repeat(length);
      return [plain, letter + plain, plain + letter, letter.repeat(length)];
    }),
  );
  for (const text of texts) assert.deepEqual(crossed({ [text.slice(0, 500)]: text }), { [text.slice(0, 500)]: text });
});

test("numbers keep their value, and zero loses its sign", () => {
  const numbers = [0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** 53];
  const floats = [0.1, -0.5, 1e21, -1e300, 5e-324, Number.MAX_VALUE];
  assert.deepEqual(crossed([...numbers, ...floats]), [...numbers, ...floats]);
  assert.deepEqual(crossed([-0]), [0]);
});

test("what is nested, of any kind", () => {
  const letters = ["a", "", "ß", "\0", '"', "\\", "\u2028", "💡"];
  for (let seed = 1; seed <= RUNS; seed++) {
    const next = random(seed);
    const text = () => Array.from({ length: next(4) ? next(9) : next(300) }, () => letters[next(letters.length)]).join("");
    const leaf = () => [null, true, false, next(1_000), -next(2 ** 40), next(1_000) / 8, text()][next(7)];
    const tree = (depth) => {
      const kind = depth < 5 ? next(3) : 0;
      const items = () => Array.from({ length: next(6) }, () => tree(depth + 1));
      if (kind === 0) return leaf();
      return kind === 1 ? items() : Object.fromEntries(items().map((item) => [text(), item]));
    };
    const value = tree(0);
    assert.deepEqual(crossed(value), value, `seed ${seed}`);
  }
});

test("the bytes of one value outlast those of the next, also of a huge one", () => {
  const small = pack({ id: "job-1", status: "COMPLETED" });
  const before = [...small];
  pack("é".repeat(1_000_000));
  pack({ id: "job-2", status: "FAILED" });
  assert.deepEqual([...small], before);
  assert.equal(readWebhookBody("runpod", { id: "job-3", status: "FAILED" }).jobId, "job-3");
});
