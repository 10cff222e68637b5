"""The hub tells anybody how it speaks."""

import httpx
from hub_process import WAIT_S, HubProcess

from retail import schemas


def test_the_hub_serves_the_schemas_that_its_code_is_made_of(hub: HubProcess) -> None:
    with httpx.Client(base_url=hub.url, timeout=WAIT_S, trust_env=False) as stranger:
        index = stranger.get("/v1/schemas").json()
        assert set(index["schemas"]) == set(schemas.shapes())
        for name, address in index["schemas"].items():
            assert stranger.get(address).json() == schemas.documents()[name], name
        assert stranger.get(index["asyncapi"]).json() == schemas.asyncapi()
        missing = stranger.get("/v1/schemas/dance.json")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
