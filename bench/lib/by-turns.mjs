import { measure } from "mitata";
import { medianOf } from "./median.mjs";

/** How long calls are measured at once: other programs rarely interrupt it, and a page's clock is a hundred times finer. */
const SAMPLE_US = 500;
const MAX_CALLS = 4_096;
/** The calls that mitata unrolls. */
const UNROLLED = 4;

/** A short measurement: several of them, by turns, say more than a long one while other programs run. */
const SHORT = { batch_threshold: 300_000, warmup_threshold: 5_000_000, min_samples: 8, min_cpu_time: 20e6 };

/** The median time of each of these functions, in µs: all are measured by turns, and once before to warm up. */
export async function byTurns(calls, passes) {
  const times = calls.map((call) => ({ call, count: 128, us: [] }));
  for (let pass = 0; pass <= passes; pass += 1) {
    for (const time of times) {
      const { p50 } = await measure(time.call, { ...SHORT, batch_samples: time.count });
      const us = p50 / 1000;
      if (pass > 0) time.us.push(us);
      else time.count = Math.min(UNROLLED * Math.ceil(SAMPLE_US / us / UNROLLED), MAX_CALLS);
    }
  }
  return times.map(({ us }) => medianOf(us));
}
