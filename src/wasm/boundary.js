// Values on their way into the module and out of it, each way as one text: a call across the boundary
// for each field takes as long, and ten kilobytes of module after Brotli.

// As in src/request/text.rs and src/request/mod.rs.
const MARK = "\0outside";
const UNREADABLE = "\0unreadable";
const LONG = 65_536;
// Names of fields are short.
const LONGEST_NAME = 1_024;

const bits = new DataView(new ArrayBuffer(8));

// Each text and name after its length in UTF-16 units: nothing needs an escape.
const sized = (text) => `${text.length};${text}`;
const unreadable = (code) => `!${sized(code)}`;

/**
 * A value in the form that src/wasm/value.rs reads: a letter for what it is, and what belongs to it. What
 * JSON cannot hold is marked. Long texts stay outside, in `texts`. No more than `most` values are read, texts
 * counted by length, and none below the level `deepest`: a circle, or a list with holes, has no end.
 */
export function flatten(value, texts, most, deepest) {
  let left = most;
  const spend = (values) => (left -= values) >= 0 || ((left = 0), false);

  const flat = (value, depth) => {
    if (depth > deepest || !spend(1)) return unreadable("too_deep");
    switch (typeof value) {
      case "undefined":
        return "n";
      case "boolean":
        return value ? "t" : "f";
      case "number":
        return number(value);
      case "string":
        return text(value);
      case "object":
        break;
      default:
        return unreadable("not_data");
    }
    if (value === null) return "n";
    if (ArrayBuffer.isView(value)) return unreadable("not_data");
    let list, inner;
    try {
      list = Array.isArray(value);
      if (list && value.length > left) return unreadable("not_data");
      inner = list ? Array.from(value) : Object.entries(value);
    } catch {
      // Getters and proxies may throw.
      return unreadable("not_data");
    }
    if (list) return `[${inner.length};${inner.map((item) => flat(item, depth + 1)).join("")}`;
    let [count, fields] = [0, ""];
    for (const [name, field] of inner) {
      if (name.length > LONGEST_NAME || name === MARK || name === UNREADABLE) {
        return unreadable("not_data");
      }
      // An absent value is an absent field; null is kept, since a body may want it.
      if (field === undefined) continue;
      count += 1;
      fields += sized(name) + flat(field, depth + 1);
    }
    return `{${count};${fields}`;
  };

  const text = (value) => {
    if (!spend(Math.floor(Math.min(value.length, LONG) / 64))) return unreadable("too_deep");
    if (value.length > LONG) {
      const index = texts.push(value) - 1;
      return `x${index};${value.length};${sized(value.slice(0, LONG))}`;
    }
    // Half of a pair, which no JSON can carry.
    return /\p{Surrogate}/u.test(value) ? unreadable("invalid_unicode") : `s${sized(value)}`;
  };

  return flat(value, 0);
}

function number(value) {
  if (!Number.isFinite(value)) return unreadable("not_finite");
  if (Number.isSafeInteger(value)) return `i${value};`;
  bits.setFloat64(0, value);
  return `d${bits.getUint32(0)};${bits.getUint32(4)};`;
}

/** The value that a JSON text of the module's tells, with the long texts put back. */
export function revive(json, texts) {
  if (texts.length === 0) return JSON.parse(json);
  return JSON.parse(json, (_, value) => texts[value?.[MARK]] ?? value);
}
