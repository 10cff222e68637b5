// The words of the sync page: what each state, worry, figure and kind of case is called, and one sentence that explains it.
import { number } from "kit/format.js";
import { locale, t } from "kit/i18n.js";

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** A name in the page's language. */
export const word = (names) => names?.[locale] ?? names?.en ?? "";

/** A length of time in ms, coarse and short: "14 min". */
export function span(ms) {
  const [size, unit] = ms >= DAY ? [DAY, "day"] : ms >= 2 * HOUR ? [HOUR, "hour"] : ms >= 2 * MINUTE ? [MINUTE, "minute"] : [SECOND, "second"];
  return number(Math.floor(ms / size), { style: "unit", unit, unitDisplay: "short" });
}

/** What a clock is ahead of the hub's, in words. */
export function skew(ms) {
  if (Math.abs(ms) < 2 * SECOND) return t("right");
  return ms > 0 ? t("{span} ahead", { span: span(ms) }) : t("{span} behind", { span: span(-ms) });
}

const WORRIES = {
  never: () => [t("Not seen yet"), t("It has never connected. Enrol it at the hub and start it.")],
  forked: () => [t("In quarantine"), t("It is an old copy or a double. It sells on by itself and keeps everything; give it a new code so that it may send again.")],
  hole: () => [t("Numbers stopped"), t("It gave numbers that have not come for ten minutes although it is connected. Nothing is lost; look at its screen and start it anew.")],
  unsent: () => [t("Waits too long"), t("Something has waited for more than a quarter of an hour. It is safe on the terminal's own disk; see why its link is away.")],
  disk: () => [t("Disk nearly full"), t("Make room on its disk: a full disk stops selling.")],
  away: () => [t("Away, sells on"), t("It has no link to the hub. It sells on by itself and sends everything when the link is back.")],
  skew: () => [t("Clock is wrong"), t("Set its clock: receipts carry the wrong time. The order of what happened never depends on it.")],
  device: () => [t("A device needs a look"), t("A scanner, printer or drawer at it is not ready.")],
};

/** `[word, sentence]` of one worry of a terminal. */
export const worry = (name) => WORRIES[name]?.() ?? [name, ""];

/** The state of a terminal in a word or two: its worst worry, or that all is well. */
export function stateWord(row) {
  if (row.worries.length) return worry(row.worries[0])[0];
  return row.lag ? t("Sending") : t("In step");
}

/** The figures of a terminal by name: `[word, sentence]`. */
export const figures = () => ({
  given: [t("Given"), t("The last number that it gave: everything it has done is numbered without gaps.")],
  last_seq: [t("Acknowledged"), t("The last of these numbers that the hub has stored for good.")],
  lag: [t("Lag"), t("Numbers given and not acknowledged yet; 0 means that nothing is on its way.")],
  unsent: [t("Unsent"), t("What waits on its own disk, as it last reported. It is sent once, in order, when the link is there.")],
  oldest: [t("Oldest unsent"), t("How long the oldest of it has waited.")],
  skew: [t("Clock"), t("How far its clock is from the hub's.")],
  last_sale: [t("Last sale"), t("The newest of its sales that has arrived here.")],
  links: [t("Last 6 hours"), t("When it was connected: a full bar is connected, a thin line is away.")],
});

const DEVICES = {
  scanner: () => t("Scanner"), printer: () => t("Printer"), drawer: () => t("Drawer"),
  display: () => t("Display"), scale: () => t("Scale"), payment: () => t("Card terminal"),
};
const DEVICE_STATES = {
  online: () => ["good", t("ready")], degraded: () => ["attention", t("works, with a warning")], fault: () => ["trouble", t("needs a hand")],
  disconnected: () => ["attention", t("not connected")], connecting: () => ["busy", t("connecting")], closed: () => ["idle", t("switched off")],
  open: () => ["idle", t("open")], shut: () => ["good", t("shut")], unknown: () => ["idle", t("not known")],
};
const REASONS = {
  near_end: () => t("paper is nearly out"), paper_out: () => t("paper is out"), cover_open: () => t("cover is open"),
  cutter_error: () => t("cutter is stuck"), offline: () => t("printer is off-line"),
};

/** `{kind, label, note}` of a device, for a Status. */
export function deviceStatus({ kind, state, reason }) {
  const [meaning, is] = DEVICE_STATES[state]?.() ?? ["idle", state];
  return { kind: meaning, label: DEVICES[kind]?.() ?? kind, note: REASONS[reason]?.() ?? (reason ? `${is} (${reason})` : is) };
}

const CASES = {
  discrepancy: () => [t("Figures differ"), t("Compare the receipt with the price list; the receipt stays as it is.")],
  conflict: () => [t("Number used twice"), t("Ask at the terminal what was meant; the first message counts.")],
  rejected: () => [t("Refused"), t("Mend what caused it, then have it carried out again: it happens once, however often it is pressed.")],
  fork: () => [t("Copy of a terminal"), t("Find out which of the two is the real one and give that one a new code.")],
  restored: () => [t("Hub set back"), t("Wait until every terminal has sent again, then compare the last numbers.")],
  returned: () => [t("A return to look at"), t("Compare the return with its sale; whoever has the money may owe it.")],
  code_guessing: () => [t("Codes guessed"), t("Find out who types codes there; whoever has a good one waits a few minutes at most.")],
  bad_signature: () => [t("Not its signature"), t("Find out who speaks in its name; give it a new code if somebody may have its key.")],
  paid_twice: () => [t("Paid twice"), t("Find the shopper and give the money of one sale back.")],
  points_pace: () => [t("Many points in a day"), t("Look whose card it is and who was at the till; the points are given.")],
  points_owed: () => [t("Points owed"), t("What the shopper earns next pays them; talk to the shopper, or give them away.")],
  hole: () => [t("Numbers stopped"), t("Look at the terminal's screen; what it gave is on its own disk.")],
};

/** `[word, sentence]` of a kind of case: what it is called, and what to do. */
export const caseKind = (kind) => CASES[kind]?.() ?? [kind, ""];
