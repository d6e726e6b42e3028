// The video of the fakes: the beginning of an MP4 file, which is all that is checked.
export const VIDEO_BYTES = Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1");
