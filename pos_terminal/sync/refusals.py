"""What the hub can say to a terminal as a whole, in sentences of our own: a hub's words have no Russian here."""

from retail.errors import N_

SET_UP_ANEW = frozenset(
    {
        "device.bad_signature",
        "device.forked",
        "device.old_incarnation",
        "enrol.key_missing",
        "enrol.restored",
        "journal.changed",
        "revoked",
        "unauthorised",
    }
)
"""Only a manager's new code ends these: asked again and again they stay what they are."""

SENTENCES = {
    "device.bad_signature": N_(
        "The hub found something that this terminal's key has not signed. Go on selling, nothing is lost; a manager "
        "has to set this terminal up anew."
    ),
    "device.forked": N_(
        "Another copy of this terminal has spoken to the hub. Go on selling, nothing is lost; a manager has to set "
        "this terminal up anew."
    ),
    "device.old_incarnation": N_(
        "This terminal was set up anew elsewhere. Go on selling, nothing is lost; a manager has to set this copy up "
        "with a code."
    ),
    "enrol.code_expired": N_("This code is no longer valid. Have a manager make a new one."),
    "enrol.code_unknown": N_("This code is not right. Look at it again on the manager's page."),
    "enrol.code_used": N_("This code was used already. Have a manager make a new one."),
    "enrol.other_hub": N_(
        "This is another hub than before, and what is still open here only the one before may have. Let that one hear "
        "all of it and finish the open cart, or set the terminal up in a new data folder."
    ),
    "enrol.other_kind": N_("This code is for a terminal of another kind. Have a manager make one for this terminal."),
    "enrol.other_terminal": N_(
        "This code is for {other}, but the sales of {ours} are here. Have a manager make a code for {ours}."
    ),
    "enrol.wait": N_("Too many codes were tried. Wait {seconds} seconds, then try again."),
    "enrol.key_missing": N_(
        "The key of this terminal is not beside its journal. Go on selling, nothing is lost; a manager has to set this "
        "terminal up anew."
    ),
    "journal.changed": N_(
        "The journal of this terminal was changed by hand, so nothing is sent. Go on selling, nothing is lost; a "
        "manager has to set this terminal up anew."
    ),
    "revoked": N_(
        "A manager has withdrawn this terminal. Nothing is lost; with a new code it sends what is still here."
    ),
    "unauthorised": N_(
        "The hub does not know this terminal any more. Go on selling, nothing is lost; a manager has to set it up anew."
    ),
}


def sentence(code: str, said: str) -> str:
    """Our sentence for a code, or the one that came with it."""
    return SENTENCES.get(code, said)
