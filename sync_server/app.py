"""The composition root: what the hub is made of, put together in one place."""

import importlib
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask_socketio import SocketIO

from retail.messages import MESSAGE_BYTES_MAX
from sync_server import errors
from sync_server.bus import BACK, Bus, LocalBus
from sync_server.carts import checkout
from sync_server.catalogue.api import catalogue_blueprint
from sync_server.config import Settings
from sync_server.coupons import service as coupons
from sync_server.dashboard.api import dashboard_blueprint
from sync_server.db import Database
from sync_server.draining import Drain
from sync_server.exchange import runs as exchange
from sync_server.health import Health
from sync_server.health import init_app as health_pages
from sync_server.inbox import handlers as operations
from sync_server.loyalty import sweep as loyalty
from sync_server.loyalty.api import points_blueprint
from sync_server.metrics import Figures
from sync_server.metrics import init_app as metrics_page
from sync_server.outbox.life import BEAT_S, Life
from sync_server.promotions import service as promotions
from sync_server.proxy import behind
from sync_server.realtime.connection import Connections
from sync_server.realtime.fanout import Fanout
from sync_server.realtime.frames import Wires
from sync_server.realtime.handlers import HEADS_MS, Handlers
from sync_server.realtime.http import twins_blueprint
from sync_server.realtime.outgoing import SWEEP_S
from sync_server.schemas.api import schemas_blueprint
from sync_server.shop import HubShop
from sync_server.sign_in import SignIn
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.api import credit_blueprint
from sync_server.terminals.api import enrolment_blueprint
from sync_server.terminals.presence import Presence
from sync_server.vouchers import key as keys
from ui_kit import blueprint as kit

ROOM = Path(__file__).parent
RETAIL_TRANSLATIONS = ROOM.parent / "retail" / "translations"
STOREFRONT = ROOM.parent / "storefront"
PING_INTERVAL_S, PING_TIMEOUT_S = 10, 10
"""A phone that died is noticed within 20 s: presence needs no more, and a radio is woken seldom enough."""
REPORT_S = 1.0
FIGURES_S = 1.0
LEASES_S = 2.0
"""So late at most are screens told that nobody pays a cart any more, also after the hub was away."""
LAPSES_S = 5.0
"""So late at most are coupons and money of carts in which nothing happens free again; who needs one takes it anyway."""
PROMOTIONS_S = 30.0
POINTS_S = 5.0
BALANCES_S = 60.0
"""So old at most is what a terminal knows of a card when it loses the hub."""
TIERS_S = 3600.0
EXCHANGE_S = 1.0
"""So late at most a file that was sent is looked at, and goes on after the hub was away."""
PRESENCE_S = 2.0
SHOW_OUT_S = 5.0
"""So long does a withdrawn token stay connected at most."""


class FastJson:
    """orjson behind the two calls that Socket.IO makes."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that is ready to be served."""

    app: Flask
    socketio: SocketIO
    db: Database
    handlers: Handlers
    fanout: Fanout
    presence: Presence
    drain: Drain
    figures: Figures
    life: Life


def create_hub(settings: Settings, db: Database, async_mode: str = "gevent", bus: Bus | None = None) -> Hub:
    """Put a hub together on an open, migrated database; `bus` rings the other workers, where there are any.

    `async_mode` is always named: which packages are installed must not change it.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MESSAGE_BYTES_MAX
    errors.init_app(app)
    socketio = _socketio(app, async_mode)
    bus, connections = bus or LocalBus(), Connections()
    presence = Presence(db, now_ms)
    figures = Figures(db, connections, socketio, bus)
    wires = Wires(socketio) if async_mode == "gevent" else None
    presence.on_said = figures.said
    fanout = _fanout(socketio, wires, connections, bus, figures)
    handlers = Handlers(socketio, db, connections, fanout, presence, now_ms)
    codes = keys.load(settings)
    handlers.carry = partial(operations.carry, key=codes)
    # Clients may have missed what was rung while the bus was away: the versions tell them at once.
    bus.on(BACK, lambda _: socketio.start_background_task(handlers.send_heads))
    db.after_commit += [figures.committed, fanout.publish, figures.emitted]
    health = Health(db, bus)
    drain = Drain(socketio, connections, fanout, health)
    if wires:
        wires.flights, wires.drained, handlers.sweep = drain.flights, handlers.caught_up, wires.clients.sweep
    # The catalogue comes first: it knows pictures by their own names, and the shop asks for them by product.
    app.register_blueprint(catalogue_blueprint(db, now_ms))
    app.register_blueprint(points_blueprint(db, now_ms))
    app.register_blueprint(credit_blueprint(db, now_ms))
    _mount_pages(app, settings, db, handlers, presence)
    app.register_blueprint(twins_blueprint(db, handlers, fanout.bells, now_ms, codes))
    app.register_blueprint(enrolment_blueprint(db, now_ms))
    app.register_blueprint(schemas_blueprint())
    health_pages(app, health)
    metrics_page(app)
    behind(app, settings.behind_proxy)
    life = Life(db, settings.data, now_ms, alone=not settings.database)
    return Hub(app, socketio, db, handlers, fanout, presence, drain, figures, life)


def _socketio(app: Flask, async_mode: str) -> SocketIO:
    return SocketIO(
        app,
        async_mode=async_mode,
        # Operations of one device must not overtake each other.
        async_handlers=False,
        manage_session=False,
        transports=["websocket"],
        max_http_buffer_size=MESSAGE_BYTES_MAX,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        json=FastJson,
    )


def _fanout(socketio: SocketIO, wires: Wires | None, connections: Connections, bus: Bus, figures: Figures) -> Fanout:
    def emit(event: str, message: Any, room: str) -> None:
        if wires:
            wires.emit(event, message, room)
        else:
            socketio.emit(event, message, to=room)
        figures.sent(event, room)

    return Fanout(
        emit,
        lambda sid, room: socketio.server.leave_room(sid, room),
        connections,
        bus,
        lambda sid: socketio.server.disconnect(sid, namespace="/"),
    )


def _mount_pages(app: Flask, settings: Settings, db: Database, handlers: Handlers, presence: Presence) -> None:
    translations = [RETAIL_TRANSLATIONS, ROOM / "translations"]
    shelves = {"manage": ROOM / "dashboard" / "static"}
    if settings.storefront:
        translations.append(STOREFRONT / "translations")
        shelves["shop"] = STOREFRONT / "static" / "shop"
    kit.init_app(app, translations, shelves=shelves)
    sign_in = SignIn(db, now_ms)
    app.register_blueprint(dashboard_blueprint(db, sign_in, handlers, presence, now_ms, partial(keys.load, settings)))
    if settings.storefront:
        module, _, factory = settings.storefront.partition(":")
        words = importlib.import_module(f"{module.rpartition('.')[0]}.ports")
        shop = HubShop(words, db, sign_in, handlers)
        app.register_blueprint(getattr(importlib.import_module(module), factory)(shop))


def start_background(hub: Hub, alone: bool = True) -> None:
    """What the hub does by itself: heads for all clients, news for the dashboards. `alone`: no other workers."""

    def every(seconds: float, work: Any) -> None:
        while True:
            hub.socketio.sleep(seconds)
            try:
                work()
            except Exception as error:
                errors.refusal(error)

    # Before anybody is let in: whoever comes to a hub that was set back has to hear of its new life.
    hub.life.beat()
    hub.presence.started(alone)
    hub.socketio.start_background_task(every, BEAT_S, hub.life.beat)
    hub.socketio.start_background_task(every, HEADS_MS / 1000, hub.handlers.send_heads)
    hub.socketio.start_background_task(every, REPORT_S, hub.presence.report)
    hub.socketio.start_background_task(every, SHOW_OUT_S, hub.handlers.show_out)
    hub.socketio.start_background_task(every, PRESENCE_S, hub.handlers.looking.sweep)
    hub.socketio.start_background_task(every, FIGURES_S, hub.figures.look)
    hub.socketio.start_background_task(every, SWEEP_S, hub.handlers.sweep)
    hub.socketio.start_background_task(every, LEASES_S, lambda: checkout.end_leases(hub.db, now_ms()))
    hub.socketio.start_background_task(every, LAPSES_S, lambda: coupons.sweep(hub.db, now_ms()))
    hub.socketio.start_background_task(every, LAPSES_S, lambda: stored_value.sweep(hub.db, now_ms()))
    hub.socketio.start_background_task(every, PROMOTIONS_S, lambda: promotions.begin_and_end(hub.db, now_ms()))
    hub.socketio.start_background_task(every, POINTS_S, lambda: loyalty.sweep(hub.db, now_ms()))
    hub.socketio.start_background_task(every, BALANCES_S, lambda: loyalty.tell_terminals(hub.db, now_ms()))
    hub.socketio.start_background_task(every, EXCHANGE_S, lambda: exchange.work(hub.db, now_ms))
    hub.socketio.start_background_task(every, TIERS_S, lambda: loyalty.review_tiers(hub.db, now_ms()))
