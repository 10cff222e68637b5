"""The protocol for programs: JSON Schemas and an AsyncAPI document, served to anybody who asks."""

from typing import Any

from flask import Blueprint

from retail import schemas
from sync_server.errors import NotFound


def schemas_blueprint() -> Blueprint:
    """`GET /v1/schemas`, `GET /v1/schemas/NAME.json` and `GET /v1/asyncapi.json`."""
    made = Blueprint("schemas", __name__)

    @made.get("/v1/schemas")
    def index() -> dict[str, Any]:
        return schemas.index()

    @made.get(f"{schemas.FOLDER}/<name>.json")
    def schema(name: str) -> dict[str, Any]:
        found = schemas.documents().get(name)
        if found is None:
            raise NotFound()
        return found

    @made.get("/v1/asyncapi.json")
    def asyncapi() -> dict[str, Any]:
        return schemas.asyncapi()

    return made
