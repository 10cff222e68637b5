// A programme's parts in words, for who looks at what was changed.
import { money, number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { untyped } from "../amounts.js";
import { good } from "../promotions/words.js";
import { word } from "../words.js";

const TITLES = {
  zone: () => t("Time zone"), points: () => t("Points"), per: () => t("For each whole"), multipliers: () => t("Rules for some goods"), pending_days: () => t("Days until they can be spent"),
  expiry: () => t("They end"), expiry_months: () => t("After so many months"), worth: () => t("Pay"), worth_points: () => t("So many points"), missing: () => t("Returned goods whose points are spent"),
  approve_above: () => t("Points a card may spend alone in 24 hours"),
  allowance_points_max: () => t("Points a till may take without the hub, at most"), limits: () => t("What is too fast"), tiers: () => t("Tiers"),
};
const EXPIRY = { never: () => t("Never"), months: () => t("After months, to the day"), month_end: () => t("At the end of a month") };
const MISSING = { debt: () => t("They are owed"), withhold: () => t("Their worth is taken off the refund") };
const MONEY = ["per", "worth"];

export const title = (what) => TITLES[what]?.() ?? what;

/** A value of a part, in words. */
export function said(what, value, currency) {
  if (value === null || value === undefined) return t("none");
  if (MONEY.includes(what)) return money({ amount: value, currency });
  if (what === "tiers") return value.tiers.map((one) => t("{name} from {floor}", { name: word(one.names), floor: value.metric === "spend" ? money({ amount: one.floor, currency }) : number(one.floor) })).join(", ") || t("none");
  if (what === "multipliers") return value.map((one) => `×${untyped(one.times, 3, true)}: ${[...one.departments, ...one.products.map(good)].join(", ")}`).join("; ") || t("none");
  if (what === "limits") return Object.values(value).map((one) => number(one)).join(" / ");
  if (what === "expiry") return EXPIRY[value]?.() ?? value;
  if (what === "missing") return MISSING[value]?.() ?? value;
  return typeof value === "number" ? number(value) : String(value);
}
