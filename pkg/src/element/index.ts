// The entry `filmgate/element`: defines `<filmgate-video>`.
import { FilmgateVideoElement } from "./element.js";

const NAME = "filmgate-video";

declare global {
  interface HTMLElementTagNameMap {
    "filmgate-video": FilmgateVideoElement;
  }
}

// Not on a server, and not again for a second copy of the package.
if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, FilmgateVideoElement);

export { FilmgateVideoElement };
export { FilmgateError } from "../error.js";
export type { FilmgateVideoAttributes } from "./attributes.js";
export type { ElementClient, FilmgateVideoEventMap } from "./element.js";
export type { VideoLabels } from "./labels.js";
export type { VideoState } from "../session/state.js";
export type * from "../types/index.js";
