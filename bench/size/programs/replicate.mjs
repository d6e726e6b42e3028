import Replicate from "replicate";

export const film = (auth, input) => new Replicate({ auth }).run("openai/sora-2-pro", { input });
