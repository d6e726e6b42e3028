// Shortens the names by which a module and its glue know each other: wasm-bindgen's have hashes, which do not compress, and
// each name is in both. One name remains that no other version has: letters would link any two with as many imports.
import { createHash } from "node:crypto";
import { exportsOf, importsOf, sectionsOf, withSections } from "./wasm-parser.mjs";

const [IMPORT, EXPORT] = [2, 7];
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Of the one name that differs from version to version. */
const DIGEST_LETTERS = 6;
const HASHES = /_[0-9a-f]{16}(?![0-9a-f])/g;

/**
 * The module and its glue, `{ module, glue }`, with letters for the names of imports, and no hashes in those of exports. The
 * first import's letters are a digest of both: with the glue of another version, the module does not link. In the glue, a
 * comment beside each import has its name without its hash.
 */
export function shortened(module, glue) {
  const sections = sectionsOf(module);
  const sectionOf = (id) => sections.find((section) => section.id === id).bytes;
  let text = glue;
  const replace = (pattern, short) => {
    if (!pattern.test(text)) throw new Error(`the glue has no ${pattern}`);
    text = text.replace(pattern, short);
  };

  const imports = importsOf(sectionOf(IMPORT)).map(({ name, what }, at) => {
    const plain = name.replace(HASHES, "");
    replace(new RegExp(`^( +)${name}: function`, "m"), `$1/* ${plain} */ ${letters(at)}: function`);
    return { from: "a", name: letters(at), what };
  });
  replace(/"\.\/\w+_bg\.js": import0/, "a: import0");
  const exports = exportsOf(sectionOf(EXPORT)).map(({ name, what }) => {
    const plain = name.replace(HASHES, "");
    if (plain !== name) replace(new RegExp(`\\b${name}\\b`, "g"), plain);
    return { name: plain, what };
  });
  const shortModule = () => withSections(sections, { [IMPORT]: imports, [EXPORT]: exports });
  // Without the hashes, which depend on the machine of the build.
  imports[0].name = digestOf(shortModule(), text);
  replace(/\*\/ a: function/, `*/ ${imports[0].name}: function`);
  return { module: shortModule(), glue: text };
}

/** Letters that are others if a byte of the module or of its glue is another. */
function digestOf(module, glue) {
  const bytes = createHash("sha256").update(module).update(glue).digest();
  return Array.from(bytes.subarray(0, DIGEST_LETTERS), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** a to Z, then aa, ba, … */
function letters(number) {
  const first = LETTERS[number % LETTERS.length];
  const rest = Math.floor(number / LETTERS.length);
  return rest === 0 ? first : first + letters(rest - 1);
}
