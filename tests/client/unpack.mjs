/** Reads a value as the module does: the form of src/codec/pack.rs. */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = () => Number(view.getBigInt64((at += 8) - 8, true));
  const text = () => {
    const length = number();
    return Buffer.from(bytes.subarray(at, (at += length))).toString();
  };
  const items = (one) => Array.from({ length: number() }, one);
  const value = () => {
    const kind = bytes[at++];
    if (kind < 3) return [null, false, true][kind];
    if (kind < 5) return number();
    if (kind === 5) return view.getFloat64((at += 8) - 8, true);
    if (kind === 6) return text();
    if (kind === 7) return items(value);
    return Object.fromEntries(items(() => [text(), value()]));
  };
  return value();
}
