// The presets of Chromium's developer tools: what a connection of that kind carries, and the latency that makes their emulation
// take as long as the real round trips.
const network = (megabits, upMegabits, latency) => ({
  offline: false,
  latency,
  downloadThroughput: (megabits * 1e6 * 0.9) / 8,
  uploadThroughput: (upMegabits * 1e6 * 0.9) / 8,
});

export const FAST_4G = network(9, 1.5, 165);
export const SLOW_4G = network(1.6, 0.75, 562.5);
