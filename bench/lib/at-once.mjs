/** Does `work` for every item, no more than `most` at once; the results in the items' order. */
export async function atOnce(most, items, work) {
  const results = new Array(items.length);
  const queue = items.entries();
  const hand = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: most }, hand));
  return results;
}
