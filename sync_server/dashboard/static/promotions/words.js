// Promotions in sentences: what each gives, on what, when, and how it stands.
import { money, number } from "kit/format.js";
import { locale, t } from "kit/i18n.js";
import { untyped } from "../amounts.js";
import { word } from "../words.js";
import { families, goods, words } from "./draft.js";

const list = (parts) => new Intl.ListFormat(locale, { type: "conjunction" }).format(parts);
const either = (parts) => new Intl.ListFormat(locale, { type: "disjunction" }).format(parts);
const cash = (amount) => money({ amount, currency: words.value?.currency ?? "EUR" });
const percent = (hundredths) => (locale === "ru" ? `${untyped(hundredths, 2, true)}\u00a0%` : `${untyped(hundredths, 2, true)}%`);
const named = (rows, id) => word(rows?.find((one) => one.id === id)?.names) || id;

/** The name of a product, or its id until it is known. */
export const good = (id) => word(goods.value[id]?.names) || id;

/** The name of a product in all its sizes and colours, or its id until it is known. */
export const family = (id) => t("{name}, all variants", { name: word(families.value[id]) || id });

/** Goods in words: "Household and Oat milk", "everything". */
export function goods_in_words(on) {
  const parts = [...on.departments.map((id) => named(words.value?.departments, id)), ...on.families.map(family), ...on.items.map(good)];
  const but = on.but.map(good);
  const what = parts.length ? list(parts) : t("everything");
  return but.length ? t("{goods} (not {but})", { goods: what, but: list(but) }) : what;
}

const off = (calculator) => ({
  percent: () => (calculator.hundredths === 10_000 ? t("for nothing") : t("at {percent} off", { percent: percent(calculator.hundredths) })),
  amount: () => t("at {amount} off", { amount: cash(calculator.amount) }),
  price: () => t("for {amount}", { amount: cash(calculator.price) }),
}[calculator.kind]?.() ?? "");

const step = (one) => [one.hundredths && percent(one.hundredths), one.amount && cash(one.amount)].filter(Boolean).join(" + ") || cash(0);

const GIVES = {
  each_unit: (b) => t("{goods} {off}", { goods: goods_in_words(b.on), off: off(b.calculator) }),
  multibuy: (b) => (b.calculator.kind === "percent" && b.calculator.hundredths === 10_000
    ? t("{take} for the price of {pay}: {goods}", { take: b.take, pay: b.pay, goods: goods_in_words(b.on) })
    : t("Of {take} the cheapest {cheap} {off}: {goods}", { take: b.take, cheap: b.take - b.pay, off: off(b.calculator), goods: goods_in_words(b.on) })),
  buy_get: (b) => t("Buy {buy} × {goods}, get {get} × {others} {off}", { buy: b.buy_count, goods: goods_in_words(b.buy), get: b.get_count, others: goods_in_words(b.get), off: off(b.calculator) }),
  bundle_price: (b) => t("{goods} together for {amount}", { goods: b.slots.map((one) => `${one.count} × ${goods_in_words(one.on)}`).join(" + "), amount: cash(b.price) }),
  together: (b) => t("{goods}: {steps}", { goods: goods_in_words(b.on), steps: list(b.steps.map((one) => t("{off} off from {spend}", { off: step(one), spend: cash(one.spend) }))) }),
  gift: (b) => t("{count} × {item} for nothing", { count: b.count, item: good(b.item) }),
  points_times: (b) => t("{times} times the points: {goods}", { times: untyped(b.hundredths, 2, true), goods: goods_in_words(b.on) }),
  free_shipping: () => t("Delivery for nothing"),
};

/** What it gives, in a sentence. */
export const gives = (benefit) => GIVES[benefit.kind]?.(benefit) ?? t("Made by a newer version of the program");

const day = (n) => new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, n));
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
export const weekdays = () => [1, 2, 3, 4, 5, 6, 7].map((n) => ({ id: String(n), label: day(n) }));
const CHANNELS = { till: () => t("till"), kiosk: () => t("kiosk"), online: () => t("online") };
export const channels = () => Object.entries(CHANNELS).map(([id, label]) => ({ id, label: label() }));

const HOLDS = {
  spend: (c) => t("from {amount} of {goods}", { amount: cash(c.at_least), goods: goods_in_words(c.on) }),
  units: (c) => t("from {n} × {goods}", { n: number(c.at_least), goods: goods_in_words(c.on) }),
  tiers: (c) => t("tier {names}", { names: either(c.any_of.map((id) => named(words.value?.tiers, id))) }),
  groups: (c) => t("group {names}", { names: either(c.any_of) }),
  stores: (c) => t("at {names}", { names: either(c.any_of.map((id) => named(words.value?.stores, id))) }),
  channels: (c) => t("by {names}", { names: either(c.any_of.map((id) => CHANNELS[id]?.() ?? id)) }),
  hours: (c) => [c.weekdays.map(day).join(" "), c.begin || c.end < 1440 ? `${clock(c.begin)}–${clock(c.end)}` : ""].filter(Boolean).join(" "),
  first_purchase: () => t("first purchase"),
  known_shopper: () => t("with a card"),
};

/** One condition, in a few words. */
export const holds = (condition) => HOLDS[condition.kind]?.(condition) ?? condition.kind;

const local = (text) => {
  const [, year, month, date, hour, minute] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/.exec(text).map(Number);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" })
    .format(Date.UTC(year, month - 1, date, hour, minute));
};

/** From when until when, by the clock of each store. */
export function times({ begin, end }) {
  if (begin && end) return t("{begin} to {end}", { begin: local(begin), end: local(end) });
  if (begin) return t("from {begin}", { begin: local(begin) });
  return end ? t("until {end}", { end: local(end) }) : t("always");
}

const STATES = {
  running: () => ["good", t("Runs")], paused: () => ["idle", t("Paused")], waiting: () => ["attention", t("Begins later")], ended: () => ["idle", t("Ended")],
};
export const state_of = (state) => STATES[state]?.() ?? ["idle", state];

const PARTS = {
  names: () => t("Name"), benefit: () => t("What it gives"), conditions: () => t("Conditions"), lane: () => t("Turn"), groups: () => t("Exclusive groups"),
  begin: () => t("Begins"), end: () => t("Ends"), coupon: () => t("Coupon"), paused: () => t("Paused"),
};
const SAID = {
  names: (value) => word(value), benefit: (value) => gives(value), conditions: (value) => value.map(holds).join(", ") || t("none"),
  begin: (value) => (value ? local(value) : t("at once")), end: (value) => (value ? local(value) : t("never")),
};
/** A part of a promotion: what it is called, and a value of it in words. */
export const part = (what) => PARTS[what]?.() ?? what;
export function said(what, value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return SAID[what]?.(value) ?? (Array.isArray(value) ? value.join(", ") || t("none") : String(value));
}
