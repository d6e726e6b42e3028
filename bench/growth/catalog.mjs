/**
 * A catalog document that makes this many listings: copies of the models under other ids. `known`: how many the client has
 * without it.
 */
export function withListings(models, count, known = models.flatMap(({ listings }) => listings).length) {
  let left = count - known;
  const copies = [];
  for (let round = 1; left > 0; round += 1) {
    for (const model of models) {
      const listings = model.listings.slice(0, left);
      if (listings.length > 0) copies.push({ ...model, id: `${model.id}-${round}`, listings });
      left -= listings.length;
    }
  }
  return { version: 1, date: "2026-11-29", models: copies };
}
