// How the till's values are said: names in the page's language, where a line comes from, how devices and jobs are.
import { locale, t, tn } from "kit/i18n.js";
import { ago, money, quantity } from "kit/format.js";

/** A name {en, ru} in the page's language. */
export const named = (names) => names?.[locale] ?? names?.en ?? "";

/** Whether parts of a whole are sold of it: by weight, length or volume. */
export const isMeasured = (one) => one.unit !== "piece";

/** The quantity at the front of a line: "2", "0.345 kg", "1.5 m". */
export const countOf = (line) => quantity(line.quantity, isMeasured(line) ? line.unit : "");

/** How many thousandths one step of a line is: a piece, or all pieces of its pack. */
export const stepOf = (line) => 1000 * (line.pack || 1);

const PER_UNIT = {
  kg: (price) => t("{price}/kg", { price }), m: (price) => t("{price}/m", { price }), l: (price) => t("{price}/L", { price }),
};

/** What one unit costs, in words. */
export function unitPrice(one, currency, { plain = false } = {}) {
  const each = money({ amount: one.unit_price ?? one.price, currency }, { plain });
  return PER_UNIT[one.unit]?.(each) ?? each;
}

/** Why a line costs less than its list price, as its row wants it: `before`, struck through, and the `reasons`. */
export function lessOf(line, currency) {
  if (!line.given?.length) return {};
  return { before: { amount: line.list_total, currency }, reasons: line.given.map((one) => named(one.names)) };
}

/** How old the word on points and tier is, where that is worth saying. */
export function asOf(one, online, now) {
  return !online && one.as_of && one.pending ? t("as of {ago}", { ago: ago(one.as_of, now) }) : "";
}

/** What is missing until a promotion gives something. */
export function hintText(hint, currency) {
  const name = named(hint.names);
  if (hint.measure === "money") return t("{amount} more for “{promotion}”", { amount: money({ amount: hint.missing, currency }), promotion: name });
  return tn("{n} more for “{promotion}”", "{n} more for “{promotion}”", hint.missing, { promotion: name });
}

/** The quiet second row of a line: the unit's price where it says something new, and where the goods are. */
export function lineNote(line, currency) {
  const parts = [];
  if (line.pack) parts.push(t("pack of {count}", { count: line.pack }));
  if (isMeasured(line)) parts.push(unitPrice(line, currency));
  else if (line.quantity !== 1000) parts.push(t("{price} each", { price: unitPrice(line, currency) }));
  if (!line.mine && line.place) parts.push(t("in hand at {place}", { place: named(line.place.names) }));
  if (line.taking) parts.push(t("being taken in hand"));
  return parts.join(" · ");
}

/** Where something that is given back goes. */
export const refundWay = (one) => ({
  cash: () => t("In cash"), gift_card: () => t("Gift card {hint}", { hint: one.hint }), store_credit: () => t("Store credit"),
  points: () => tn("{n} point", "{n} points", one.points),
}[one.kind]());

const DEVICE_KINDS = { online: "good", connecting: "busy", degraded: "attention", fault: "trouble", disconnected: "trouble", closed: "idle" };

/** {kind, word} of a device's state. */
export function deviceState(state) {
  const words = {
    online: t("ready"), connecting: t("connecting"), degraded: t("needs a look"), fault: t("fault"),
    disconnected: t("not connected"), closed: t("switched off"),
  };
  return { kind: DEVICE_KINDS[state] ?? "idle", word: words[state] ?? state };
}

/** What became of a print job, and whether it can be printed again: {kind, text, again}. */
export function printState(job) {
  return {
    none: { kind: "idle", text: t("No printer: no receipt"), again: false },
    queued: { kind: "busy", text: t("Receipt is waiting"), again: false },
    sending: { kind: "busy", text: t("Receipt is printing"), again: false },
    confirmed: { kind: "good", text: t("Receipt printed"), again: false },
    held: { kind: "attention", text: t("Receipt is held: look at the printer"), again: true },
    partial: { kind: "attention", text: t("Receipt came out in part"), again: true },
    unknown: { kind: "attention", text: t("Not known whether the receipt came out"), again: true },
  }[job] ?? { kind: "idle", text: "", again: false };
}

/** What still works without the hub, and what waits. */
export function offlineSentence(link, now) {
  const calm = t("No link to the hub. Selling, cash and receipts go on; everything is kept here and sent later.");
  if (!link.unsent_sales) return calm;
  const waiting = tn("{n} sale waits to be sent", "{n} sales wait to be sent", link.unsent_sales);
  if (!link.oldest_unsent_at) return `${calm} ${waiting}.`;
  return `${calm} ${t("{waiting}; the oldest is from {ago}.", { waiting, ago: ago(link.oldest_unsent_at, now) })}`;
}
