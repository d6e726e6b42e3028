import * as z from "zod";
import { LENGTHS, RUNWARE_MODEL, SIZES, UUID } from "./facts.mjs";

const text = z.string().min(1).max(4000);
const side = z.literal([1280, 720, 1792, 1024]).optional();

const runpodSchema = z.strictObject({
  prompt: text,
  image: text,
  size: z.enum(SIZES).optional(),
  duration: z.literal(LENGTHS),
});
const runwareSchema = z.strictObject({
  taskType: z.literal("videoInference"),
  taskUUID: z.string().regex(UUID),
  model: z.literal(RUNWARE_MODEL),
  positivePrompt: text,
  width: side,
  height: side,
  duration: z.literal(LENGTHS).optional(),
});
const issuesBy = (schema) => (request) => schema.safeParse(request).error?.issues ?? [];

export const runpod = issuesBy(runpodSchema);
export const runware = issuesBy(runwareSchema);
