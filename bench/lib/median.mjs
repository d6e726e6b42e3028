/** The middle one of these numbers; of two in the middle, the upper one. */
export function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median of each numeric field of these objects. */
export function median(samples) {
  const names = Object.keys(samples[0]);
  return Object.fromEntries(names.map((name) => [name, medianOf(samples.map((sample) => sample[name]))]));
}
