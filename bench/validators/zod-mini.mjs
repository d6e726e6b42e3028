import * as z from "zod/mini";
import { LENGTHS, RUNWARE_MODEL, SIZES, UUID } from "./facts.mjs";

const text = z.string().check(z.minLength(1), z.maxLength(4000));
const side = z.optional(z.literal([1280, 720, 1792, 1024]));

const runpodSchema = z.strictObject({
  prompt: text,
  image: text,
  size: z.optional(z.enum(SIZES)),
  duration: z.literal(LENGTHS),
});
const runwareSchema = z.strictObject({
  taskType: z.literal("videoInference"),
  taskUUID: z.string().check(z.regex(UUID)),
  model: z.literal(RUNWARE_MODEL),
  positivePrompt: text,
  width: side,
  height: side,
  duration: z.optional(z.literal(LENGTHS)),
});
const issuesBy = (schema) => (request) => schema.safeParse(request).error?.issues ?? [];

export const runpod = issuesBy(runpodSchema);
export const runware = issuesBy(runwareSchema);
