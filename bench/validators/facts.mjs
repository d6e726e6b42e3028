// The parameters of the two requests for Sora 2 Pro, as far as schemas usually describe them.
export const SIZES = ["720p", "1080p"];
export const LENGTHS = [4, 8, 12];
export const RUNWARE_MODEL = "openai:3@2";
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
