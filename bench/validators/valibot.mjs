import * as v from "valibot";
import { LENGTHS, RUNWARE_MODEL, SIZES, UUID } from "./facts.mjs";

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4000));
const side = v.optional(v.picklist([1280, 720, 1792, 1024]));

const runpodSchema = v.strictObject({
  prompt: text,
  image: text,
  size: v.optional(v.picklist(SIZES)),
  duration: v.picklist(LENGTHS),
});
const runwareSchema = v.strictObject({
  taskType: v.literal("videoInference"),
  taskUUID: v.pipe(v.string(), v.regex(UUID)),
  model: v.literal(RUNWARE_MODEL),
  positivePrompt: text,
  width: side,
  height: side,
  duration: v.optional(v.picklist(LENGTHS)),
});
const issuesBy = (schema) => (request) => v.safeParse(schema, request).issues ?? [];

export const runpod = issuesBy(runpodSchema);
export const runware = issuesBy(runwareSchema);
