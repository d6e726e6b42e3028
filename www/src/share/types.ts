import type { ProviderId, VideoRequest } from "filmgate";

/** A field that is not in a link, or not taken from one, and why. */
export interface ShareNotice {
  /** Path of the field, such as `referenceImages`. */
  field: string;
  /** A sentence for the user. It quotes no value. */
  message: string;
}

/** What a link holds. */
export interface SharedRequest {
  request: VideoRequest;
  /** The chosen provider; undefined: the cheapest. */
  provider?: ProviderId;
}

/** A link's fragment, or why there is none. */
export type MadeLink =
  | { ok: true; /** From `#` on. */ fragment: string; omitted: ShareNotice[] }
  | { ok: false; reason: string };

/** The request of a link, or why it cannot be used. */
export type OpenedLink = ({ ok: true; notices: ShareNotice[] } & SharedRequest) | { ok: false; reason: string };
