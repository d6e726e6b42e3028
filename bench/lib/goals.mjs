// Goals, and whether they are met.

/** `met`, or where the value is above its limit. `values` and `limits` are by place, as lists; `names` are the places'. */
export function verdict(limits, values, names) {
  const missed = names.filter((_, at) => values[at] > limits[at]);
  if (missed.length === 0) return "met";
  return missed.length === names.length ? "**missed**" : `**missed** in ${missed.join(", ")}`;
}
