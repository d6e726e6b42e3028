// The one part of a file that a `Range` header asks for. Several parts at once are answered with the whole file,
// which the header allows.

/** A part: from its first byte on, so many. */
export interface Part {
  offset: number;
  length: number;
}

/** `undefined`: the whole file. `null`: there is no such part. */
export function partOf(range: string | undefined, size: number): Part | undefined | null {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length > 0 ? { offset: size - length, length } : null;
  }
  const offset = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < offset) return undefined;
  return offset < size ? { offset, length: end - offset } : null;
}
