// What a caller reads from RunPod's output where a client hands it over as it is: its address, or the video itself.
export const urlIn = (output) => (typeof output === "string" ? output : output?.video_url);
