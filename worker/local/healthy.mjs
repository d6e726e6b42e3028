// Ends with 0 if the gateway on this machine answers: a container's health check. `PORT` is its port, by default 8787.
const { PORT = "8787" } = process.env;

try {
  const response = await fetch(`http://127.0.0.1:${PORT}/healthz`, { signal: AbortSignal.timeout(4000) });
  process.exit(response.ok ? 0 : 1);
} catch {
  process.exit(1);
}
