"""The page of a bare server: it joins the room `mine` and hears what is said there."""

from typing import Any

from flask import Flask

PAGE = """<!doctype html><script type="module">
import { io } from "/socket.io.js";
const socket = io({ transports: ["websocket"] });
socket.on("connect", () => socket.emit("join", "mine"));
</script>"""


def page_of(app: Flask) -> None:
    """A page that joins the room `mine` and hears what is said there."""

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.get("/socket.io.js")
    def library() -> Any:
        from flask import send_from_directory

        from ui_kit.vendor import KIT

        (file,) = (KIT / "static" / "vendor").rglob("socket.io*.js")
        return send_from_directory(file.parent, file.name, mimetype="text/javascript")
