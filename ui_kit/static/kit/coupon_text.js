// What a coupon does in the cart, in words: the same on till, kiosk and phone.
import { money } from "./format.js";
import { t, tn } from "./i18n.js";

/** What a coupon does in this cart, or why it does nothing now. */
export function couponText(one, currency) {
  const money_of = (minor) => money({ amount: minor, currency });
  if (one.state === "given") return one.off > 0 ? t("takes {amount} off", { amount: money_of(one.off) }) : t("counts");
  if (one.state === "beaten") return t("another offer is better for now");
  if (one.state === "untouched" && !one.fails) return t("nothing in the cart that it is for");
  if (one.measure === "money" && one.missing) return t("{amount} more, and it counts", { amount: money_of(one.missing) });
  if (one.measure === "units" && one.missing) return tn("{n} piece more, and it counts", "{n} pieces more, and it counts", one.missing);
  const words = {
    time: t("not valid at this time"), hours: t("not valid at this hour"), paused: t("this offer is paused"), stores: t("not in this store"),
    channels: t("not where it is paid"), tiers: t("for another level of customers"), groups: t("for another group of customers"),
    first_purchase: t("only for a first purchase"), known_shopper: t("only with a card"), excluded: t("not together with another offer"),
  };
  return words[one.fails] ?? t("does not apply yet");
}
