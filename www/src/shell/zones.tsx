// The chunk of what follows the form: it is read and run after the form is usable.

export { Side } from "../offers/side.js";
export { Stage } from "../stage/stage.js";
export { Gallery } from "../videos/gallery.js";
export { VideoStrip } from "../videos/video-strip.js";
