import type { ProviderId } from "../types/index.js";

export const PROVIDERS: readonly ProviderId[] = ["runpod", "runware"];
