"""As much of JSON Schema 2020-12 as our schemas use, read as a client in another language would read them."""

import re
from typing import Any
from uuid import UUID

KNOWN = {
    "$schema", "$id", "$defs", "$ref", "description", "default", "discriminator", "type", "properties", "required",
    "additionalProperties", "items", "enum", "const", "anyOf", "oneOf", "pattern", "format", "minLength", "maxLength",
    "minItems", "maxItems", "minimum", "maximum", "maxProperties", "propertyNames", "patternProperties",
}  # fmt: skip


def allows(schema: Any, value: Any, root: Any = None) -> bool:
    """Whether the schema allows the value. An integer is one that is written so: docs/protocol.md refuses `1.0`."""
    root = schema if root is None else root
    if isinstance(schema, bool):
        return schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema and not allows(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root):
        return False
    for union, fits in (("anyOf", any), ("oneOf", lambda found: sum(found) == 1)):
        if union in schema and not fits([allows(one, value, root) for one in schema[union]]):
            return False
    if "enum" in schema and not _among(value, schema["enum"]):
        return False
    if "const" in schema and not _among(value, [schema["const"]]):
        return False
    if "type" not in schema:
        return True
    match schema["type"]:
        case "object":
            return isinstance(value, dict) and _object(schema, value, root)
        case "array":
            return isinstance(value, list) and _array(schema, value, root)
        case "string":
            return isinstance(value, str) and _string(schema, value)
        case "integer":
            return type(value) is int and schema.get("minimum", value) <= value <= schema.get("maximum", value)
        case kind:
            return type(value) is {"boolean": bool, "null": type(None)}[kind]


def _among(value: Any, allowed: list[Any]) -> bool:
    return any(type(value) is type(one) and value == one for one in allowed)


def _object(schema: Any, value: dict[str, Any], root: Any) -> bool:
    if not set(schema.get("required", ())) <= set(value):
        return False
    if len(value) > schema.get("maxProperties", len(value)):
        return False
    if not all(allows(schema.get("propertyNames", True), key, root) for key in value):
        return False
    return all(all(allows(one, value[key], root) for one in _about(schema, key)) for key in value)


def _about(schema: Any, key: str) -> list[Any]:
    """What a schema says of the member under this key."""
    named = [schema["properties"][key]] if key in schema.get("properties", {}) else []
    named += [one for pattern, one in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
    return named or [schema.get("additionalProperties", True)]


def _array(schema: Any, value: list[Any], root: Any) -> bool:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return False
    return all(allows(schema.get("items", True), one, root) for one in value)


def _string(schema: Any, value: str) -> bool:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
        return False
    if schema.get("format") == "uuid":
        try:
            UUID(value)
        except ValueError:
            return False
    return True
