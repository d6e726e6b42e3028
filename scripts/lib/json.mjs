// JSON that is easy to compare between versions: one record per line.

const WIDTH = 120;

/** The text of a file: each record of a list is on one line, and so is any short or flat value. */
export const formatJson = (value) => `${format(value, "", 1)}\n`;

function format(value, indent, levels) {
  const line = JSON.stringify(value);
  if (isFact(value) || isRecord(value, levels) || line.length <= WIDTH) return line;
  const inner = `${indent} `;
  const isList = Array.isArray(value);
  // What JSON leaves out is left out here, too.
  const parts = isList
    ? value.map((item) => format(item ?? null, inner, 2))
    : Object.entries(value)
        .filter(([, item]) => JSON.stringify(item) !== undefined)
        .map(([name, item]) => `${JSON.stringify(name)}: ${format(item, inner, 1)}`);
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

const isFact = (value) => Object(value) !== value;

/** An object of facts, no matter how many, and of lists of them: a row of a table. `levels` of objects are one. */
function isRecord(value, levels) {
  if (levels === 0 || Array.isArray(value)) return false;
  const isPart = (item) => (Array.isArray(item) ? item.every(isFact) : isFact(item) || isRecord(item, levels - 1));
  return Object.values(value).every(isPart);
}
