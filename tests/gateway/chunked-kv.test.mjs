// Texts in chunks: what is stored is what was put last, read by the same object or by a new one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkedKv } from "../../worker/src/job/chunked-kv.ts";

/** The engine's synchronous storage, and how often each method was called. */
function storage() {
  const entries = new Map();
  const calls = { list: 0, put: 0, delete: 0 };
  const kv = {
    list: ({ prefix }) => {
      calls.list += 1;
      return [...entries].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    },
    put: (key, value) => {
      calls.put += 1;
      entries.set(key, value);
    },
    delete: (key) => {
      calls.delete += 1;
      return entries.delete(key);
    },
  };
  return { kv, entries, calls };
}

for (const length of [0, 1, 15_999, 16_001, 499_999, 500_000, 500_001, 1_500_001]) {
  test(`a text of ${length} characters, then a shorter and a longer one`, () => {
    const { kv, entries } = storage();
    const [first, short, long] = ["a".repeat(length), "b", "c".repeat(length + 600_000)];
    const texts = new ChunkedKv(kv);
    assert.equal(texts.get("name"), undefined);
    for (const text of [first, short, long, first]) {
      texts.put("name", text);
      assert.equal(texts.get("name"), text);
      assert.equal(new ChunkedKv(kv).get("name"), text, "as a new object reads it");
    }
    // What another version of the object wrote is replaced as a whole.
    new ChunkedKv(kv).put("name", short);
    assert.equal(entries.size, 1);
    const last = new ChunkedKv(kv);
    last.delete("name");
    assert.equal(last.get("name"), undefined);
    assert.equal(entries.size, 0);
  });
}

test("a text of a job is read once, and its replacement deletes nothing", () => {
  const { kv, calls } = storage();
  const texts = new ChunkedKv(kv);
  texts.get("state");
  for (let at = 0; at < 10; at++) {
    texts.put("state", `text ${at}`);
    texts.get("state");
  }
  assert.deepEqual(calls, { list: 1, put: 10, delete: 0 });
  texts.forget();
  texts.get("state");
  assert.equal(calls.list, 2);
});
