/** The median of each numeric field of these objects. */
export function median(samples) {
  const names = Object.keys(samples[0]);
  const middle = (name) => {
    const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  };
  return Object.fromEntries(names.map((name) => [name, middle(name)]));
}
