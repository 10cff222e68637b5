// How an entry of somebody's points is said to staff, and keys that make a deed happen once.
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";

const WORDS = {
  earn: ({ dst }) => (dst === "pending" ? t("Earned, not counting yet") : t("Earned")),
  activate: () => t("Count from now on"),
  burn: () => t("Set aside for a payment"),
  settle: ({ dst }) => (dst === "spent" ? t("Paid with points") : t("Used for owed points")),
  restore: ({ src }) => (src === "held" ? t("Not used, back again") : t("Goods returned, points are back")),
  expire: () => t("Expired"),
  clawback: () => t("Taken back with returned goods"),
  adjust: ({ dst }) => (dst ? t("Given by staff") : t("Taken by staff")),
  transfer: ({ dst }) => (dst ? t("Came from another customer’s card") : t("Went to another customer’s card")),
};

/** What happened, in a few words. */
export const entry_word = (row) => WORDS[row.kind]?.(row) ?? row.kind;

/** The points with the sign of what can be spent; without one where that stays the same. */
export function signed({ src, dst, points }) {
  const change = Number(["active", "debt"].includes(dst)) - Number(["active", "debt"].includes(src));
  const sign = { 1: "+", "-1": "\u2212", 0: "" }[change];
  return `${sign}${number(points)}`;
}

/** A key under which the hub does a deed once; pages without TLS have no `randomUUID`. */
export const once_key = (deed) => crypto.randomUUID?.() ?? `${deed}-${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
