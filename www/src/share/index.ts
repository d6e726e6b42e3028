// A request as the fragment of a URL, and back. A fragment is not sent to the server.
import type { ProviderId, VideoRequest } from "filmgate";
import { pack, unpack } from "./encoding.js";
import { sharedFields } from "./fields.js";
import type { MadeLink, OpenedLink, SharedRequest } from "./types.js";

/** Version of the format. A link of another version is not opened. */
const VERSION = 1;
const PREFIX = "#video=";
/** Longer links are cut by messengers and servers of pages that log them. */
const MAX_FRAGMENT_CHARS = 12_000;
const MAX_JSON_BYTES = 65_536;

const PROVIDERS: readonly unknown[] = ["runpod", "runware"] satisfies ProviderId[];

/**
 * Makes the fragment of a link. `omitted` names the fields that are not in it. `secrets`: the API keys that the page has; a
 * field that contains one is left out.
 */
export async function makeLink(
  { request, provider }: SharedRequest,
  { secrets = [] }: { secrets?: readonly string[] } = {},
): Promise<MadeLink> {
  const { fields, notices } = sharedFields(request, secrets);
  const packed = await pack(JSON.stringify(provider ? { request: fields, provider } : { request: fields }));
  const fragment = `${PREFIX}${VERSION}.${packed}`;
  if (fragment.length > MAX_FRAGMENT_CHARS) {
    return { ok: false, reason: "The request is too long for a link. Shorten the prompt." };
  }
  return { ok: true, fragment, omitted: notices };
}

/**
 * Opens the fragment of a link: undefined if it is not one. The request has only known fields with values of the right type;
 * `notices` names what was dropped. It is not yet validated against a model, and nothing is sent.
 */
export async function openLink(fragment: string): Promise<OpenedLink | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined;
  const [, version, packed] = /^(\d{1,6})\.([dt][\w-]*)$/.exec(fragment.slice(PREFIX.length)) ?? [];
  if (version === undefined || packed === undefined || fragment.length > MAX_FRAGMENT_CHARS) return damaged();
  if (Number(version) !== VERSION) {
    return { ok: false, reason: "This link was made by another version of this page. Ask for a new one." };
  }
  const content = await unpack(packed, MAX_JSON_BYTES).then(parse, () => undefined);
  if (!isObject(content) || !isObject(content.request)) return damaged();
  const { fields, notices } = sharedFields(content.request);
  for (const name of Object.keys(content)) {
    if (name !== "request" && name !== "provider") notices.push({ field: "another field", message: "This field is not known." });
  }
  const { provider } = content;
  const isProvider = PROVIDERS.includes(provider);
  if (provider !== undefined && !isProvider) notices.push({ field: "provider", message: "This provider is not known." });
  const chosen = isProvider ? { provider: provider as ProviderId } : {};
  return { ok: true, request: fields as VideoRequest, ...chosen, notices };
}

const damaged = (): OpenedLink => ({ ok: false, reason: "This link is incomplete or damaged. Copy it again." });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type { MadeLink, OpenedLink, SharedRequest, ShareNotice } from "./types.js";
