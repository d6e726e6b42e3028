"""Drives the simulated RunPod with RunPod's Python client."""

import json
import os

import runpod

endpoint_id = os.environ["ENDPOINT"]
job_input = json.loads(os.environ["INPUT"])

endpoint = runpod.Endpoint(endpoint_id, api_key="any-key")
job = endpoint.run({"input": job_input})
first = job.status()
video = job.output(timeout=30)
sync = endpoint.run_sync({"input": job_input}, timeout=30)

other = endpoint.run({"input": job_input})
cancelled = other.cancel()["status"]

try:
    runpod.Endpoint(endpoint_id, api_key="bad-key").run({"input": job_input})
    rejected = "not rejected"
except RuntimeError as error:
    rejected = str(error)

print(
    json.dumps(
        {
            "first": first,
            "video": video,
            "sync": sync,
            "cancelled": cancelled,
            "rejected": rejected,
            "health": endpoint.health(),
        }
    )
)
