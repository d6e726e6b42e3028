// `filmgate.wasm` of another version, as after an update of the package alone: refused, and the right one can follow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { importsOf, sectionsOf, withSections } from "../../scripts/lib/wasm-parser.mjs";
import { createFilmgate, initWasm } from "../../pkg/dist/slim.js";
import { TEXT, failing } from "./support.mjs";

const IMPORT = 2;
const read = (path) => readFileSync(new URL(`../../pkg/dist/${path}`, import.meta.url));
const own = read("filmgate.wasm");

/** The module with its imports' names changed. */
function renamed(change) {
  const sections = sectionsOf(own);
  const imports = importsOf(sections.find(({ id }) => id === IMPORT).bytes);
  return withSections(sections, { [IMPORT]: imports.map((one) => ({ ...one, name: change(one.name) })) });
}

const validate = async () => createFilmgate().validate(TEXT);

test("a name of the imports is of this version alone: as many of another version do not link", async () => {
  // Other versions have it in other letters, and the rest in the same.
  const version = importsOf(sectionsOf(own).find(({ id }) => id === IMPORT).bytes)[0].name;
  assert.match(version, /^[a-zA-Z]{6}$/);
  const another = renamed((name) => (name === version ? "abcdef" : name));
  for (const other of [another, read("testing/simulator.wasm"), Buffer.from("no module")]) {
    initWasm(other);
    const { message, charge } = await failing(validate(), "internal_error");
    assert.match(message, /pass this version's `filmgate\.wasm`/);
    assert.notEqual(charge, "unknown", "nothing was sent");
  }
  initWasm(own);
  assert.equal((await validate()).ok, true);
});
