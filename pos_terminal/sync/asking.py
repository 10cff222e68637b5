"""A question to the hub that somebody waits for: asked over HTTP beside the link, with a short limit."""

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import ValidationError

from retail.errors import RetailError
from retail.told import ErrorAnswer

ASK_TIMEOUT_S = 4
NO_ANSWER = (httpx.HTTPError, httpx.InvalidURL, ValidationError, ValueError)
"""Also an answer that is none of ours, of a proxy for example."""


def post(hub: str, token: str, door: str, body: Mapping[str, Any], timeout_s: float = ASK_TIMEOUT_S) -> Any:
    """What the hub answers at `/v1/DOOR`. Raises `RetailError` where it says no, and one of `NO_ANSWER`."""
    with httpx.Client(timeout=timeout_s, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post(f"{hub}/v1/{door}", json=dict(body), headers=headers)
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        answer.raise_for_status()
    if answer.is_error:
        error = ErrorAnswer.model_validate_json(answer.content).error
        raise RetailError(error.code, error.message, **error.params)
    return answer.json()
