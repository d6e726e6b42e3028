/** Runs `work` for every item, at max `max` at once; returns the results in the items' order. */
export async function atOnce(max, items, work) {
  const results = new Array(items.length);
  const queue = items.entries();
  const hand = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: max }, hand));
  return results;
}
