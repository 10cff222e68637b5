"""Which language a request wants: `?lang=`, then the cookie `lang`, then Accept-Language, then English."""

from flask import g, has_request_context, request

LANGUAGES = ("en", "ru")
DEFAULT = "en"
COOKIE = "lang"


def current_locale() -> str:
    """The language of the current request, one of `LANGUAGES`; `en` outside a request."""
    if not has_request_context():
        return DEFAULT
    if "kit_locale" not in g:
        g.kit_locale = _negotiate()
    return str(g.kit_locale)


def _negotiate() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT
