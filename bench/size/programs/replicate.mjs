import Replicate from "replicate";

export const generate = (auth, input) => new Replicate({ auth }).run("openai/sora-2-pro", { input });
