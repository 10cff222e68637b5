"""`python -m ui_kit`: the gallery of components alone, on a free port of this machine."""

from flask import Flask, redirect
from werkzeug.serving import make_server

from ui_kit.blueprint import init_app


def gallery_app() -> Flask:
    """An app that holds nothing but the gallery."""
    app = Flask("ui_kit_gallery")
    init_app(app, gallery=True)
    app.add_url_rule("/", "home", lambda: redirect("/kit"))
    return app


def main() -> None:
    """Serve until Ctrl-C."""
    server = make_server("127.0.0.1", 0, gallery_app(), threaded=True)
    print(f"The gallery is at http://127.0.0.1:{server.server_port}/kit (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("Ended.")


if __name__ == "__main__":
    main()
