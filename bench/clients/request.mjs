// The request of every client.
export const PROMPT = "Action: She opened her hands. Ambient Sound: A dying fire.";
export const IMAGE = "https://example.com/baker.jpeg";
export const SECONDS = 4;
export const API_KEY = "any-key";
