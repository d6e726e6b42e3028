import { createFalClient } from "@fal-ai/client";

export const generate = (credentials, input) =>
  createFalClient({ credentials }).subscribe("fal-ai/sora-2/image-to-video/pro", { input });
