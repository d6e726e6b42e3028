/** The bytes of a Base64 text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** A data URI of a picture's bytes; its type is read off them. */
export function toDataUri(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // A piece at a time: a spread of a whole picture would overflow the stack.
  for (let at = 0; at < bytes.length; at += 32_766) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32_766)));
  }
  return `data:${typeOf(bytes)};base64,${btoa(pieces.join(""))}`;
}

function typeOf(bytes: Uint8Array): string {
  const starts = (...magic: number[]) => magic.every((byte, at) => bytes[at] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x47, 0x49, 0x46, 0x38)) return "image/gif";
  if (starts(0x52, 0x49, 0x46, 0x46)) return "image/webp";
  return "application/octet-stream";
}

const PICTURES = ["image", "lastFrameImage", "referenceImages"] as const;
/** A longer list is refused as it is; one with holes can be longer than any time. */
const LONGEST_LIST = 100;

/** The request with pictures given as bytes turned into data URIs. */
export function withImagesInline<T>(request: T): T {
  return withPictures(request, (picture) =>
    picture instanceof Uint8Array ? toDataUri(picture) : picture,
  );
}

/** The request with each of its pictures changed. */
export function withPictures<T>(request: T, change: (picture: unknown) => unknown): T {
  const changed = (given: unknown) =>
    isObject(given) && "image" in given ? { ...given, image: change(given.image) } : change(given);
  const all = (given: unknown) =>
    Array.isArray(given) && given.length <= LONGEST_LIST ? given.map(changed) : changed(given);
  try {
    if (!isObject(request)) return request;
    const given = PICTURES.filter((field) => field in request);
    const fields = given.map((field) => [field, all(request[field])]);
    return given.length > 0 ? { ...request, ...Object.fromEntries(fields) } : request;
  } catch {
    // What throws when it is looked at cannot be read: the module says so, at its place.
    return request;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
