"""Drives the simulated RunPod with RunPod's Python client."""

import json
import os

import runpod

endpoint_id = os.environ["ENDPOINT"]
film_input = json.loads(os.environ["INPUT"])

endpoint = runpod.Endpoint(endpoint_id, api_key="any-key")
job = endpoint.run({"input": film_input})
first = job.status()
film = job.output(timeout=30)
sync = endpoint.run_sync({"input": film_input}, timeout=30)

other = endpoint.run({"input": film_input})
cancelled = other.cancel()["status"]

try:
    runpod.Endpoint(endpoint_id, api_key="bad-key").run({"input": film_input})
    refused = "not refused"
except RuntimeError as error:
    refused = str(error)

print(
    json.dumps(
        {
            "first": first,
            "film": film,
            "sync": sync,
            "cancelled": cancelled,
            "refused": refused,
            "health": endpoint.health(),
        }
    )
)
