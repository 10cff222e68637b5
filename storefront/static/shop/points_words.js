// How an entry of the ledger is said: what happened, and what it did to what can be spent.
import { t } from "kit/i18n.js";
import { number } from "kit/format.js";

/** What happened, in a few words. */
export function entryWords({ kind, src, dst }) {
  switch (kind) {
    case "earn": return dst === "pending" ? t("Earned, not counting yet") : t("Earned");
    case "activate": return t("Count from now on");
    case "burn": return t("Set aside at the till");
    case "settle": return dst === "spent" ? t("Paid with points") : dst === "debt" ? t("Owed points paid back") : t("Used for owed points");
    case "restore": return src === "held" ? t("Not used, points are back") : t("Goods returned, points are back");
    case "expire": return t("Expired");
    case "clawback": return t("Taken back with returned goods");
    case "adjust": return dst ? t("Given by the shop") : t("Taken by the shop");
    case "transfer": return dst ? t("Came from your other card") : t("Went to your other card");
    default: return kind;
  }
}

/** The points with the sign of what can be spent: "+9", "−30"; without one where that stays the same. */
export function signed({ src, dst, points }) {
  const adds = (dst === "active" ? 1 : 0) + (dst === "debt" ? 1 : 0);
  const takes = (src === "active" ? 1 : 0) + (src === "debt" ? 1 : 0);
  const sign = adds > takes ? "+" : adds < takes ? "\u2212" : "";
  return `${sign}${number(points)}`;
}
