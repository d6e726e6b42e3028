// JSON Schema, compiled by `eval`.
import Ajv from "ajv";
import { LENGTHS, RUNWARE_MODEL, SIZES, UUID } from "./facts.mjs";

const text = { type: "string", minLength: 1, maxLength: 4000 };
const object = (properties, required) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const ajv = new Ajv({ allErrors: true });

const runpodSchema = object(
  { prompt: text, image: text, size: { enum: SIZES }, duration: { enum: LENGTHS } },
  ["prompt", "image", "duration"],
);
const runwareSchema = object(
  {
    taskType: { const: "videoInference" },
    taskUUID: { type: "string", pattern: UUID.source },
    model: { const: RUNWARE_MODEL },
    positivePrompt: text,
    width: { enum: [1280, 720, 1792, 1024] },
    height: { enum: [1280, 720, 1792, 1024] },
    duration: { enum: LENGTHS },
  },
  ["taskType", "taskUUID", "model", "positivePrompt"],
);

const runpodCheck = ajv.compile(runpodSchema);
const runwareCheck = ajv.compile(runwareSchema);
const issuesBy = (check) => (request) => (check(request) ? [] : check.errors);

export const runpod = issuesBy(runpodCheck);
export const runware = issuesBy(runwareCheck);
