/** A function that runs once for each name; later calls get the same result. */
export function once(work) {
  const done = new Map();
  return (name, ...more) => {
    if (!done.has(name)) done.set(name, work(name, ...more));
    return done.get(name);
  };
}
