// The keys of the selling page. Each stands on its button; the drawer "More" lists them all.
import { N_ } from "kit/i18n.js";
import { keyOf } from "../shared/entry.js";
import { dismiss, speaking } from "../shared/message.js";
import { act, from_app, from_earlier, from_kiosk, in_hand } from "../shared/till.js";
import { choose, current, dialog, entry, goods, picked, removeLine, searching, setQuantity, step, submitEntry, take } from "./desk.js";

export const SHORTCUTS = [
  ["Enter", N_("Pay, or find the code that was typed")], ["Esc", N_("Clear, back")], ["↑ ↓", N_("Choose a line")],
  ["+  −", N_("One more, one less")], ["*", N_("Set the quantity that was typed")], ["Del", N_("Remove the line")],
  ["F2", N_("Search by name")], ["F3", N_("Why this price")], ["F4", N_("Shopper's card")], ["F5", N_("Coupon")], ["F6", N_("Take goods in hand")],
  ["F7", N_("Print the last receipt again")], ["F8", N_("More")], ["F9", N_("Lock the till")],
  ["F10", N_("Receipts, and goods that come back")],
];

export const pay = () => act("pay_begin");

function move(way) {
  if (searching.value) {
    const last = (goods.products.value?.length ?? 1) - 1;
    picked.value = Math.min(last, Math.max(0, picked.value + way));
    return;
  }
  const all = [...in_hand.value, ...from_kiosk.value, ...from_app.value, ...from_earlier.value];
  const here = all.findIndex((line) => line.id === current.value?.id);
  choose(all[Math.min(all.length - 1, Math.max(0, here + way))]);
}

function escape() {
  if (entry.text.value) entry.clear();
  else if (speaking()) dismiss();
  else choose(null);
  document.activeElement?.blur?.();
}

const KEYS = {
  Enter: () => (entry.text.value.trim() ? submitEntry() : pay()),
  Escape: escape,
  ArrowUp: () => move(-1),
  ArrowDown: () => move(1),
  "+": () => step(1),
  "-": () => step(-1),
  "*": setQuantity,
  Delete: removeLine,
  F2: () => document.querySelector(".find input")?.focus(),
  F3: () => { if (current.value) dialog.value = "why"; },
  F4: () => { dialog.value = "card"; },
  F5: () => { dialog.value = "coupon"; },
  F6: take,
  F7: () => act("reprint"),
  F8: () => { dialog.value = "more"; },
  F9: () => act("lock"),
  F10: () => { dialog.value = "receipts"; },
};

/** The handler for `useKeys`. */
export function sellingKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const key = keyOf(event);
  if (key) entry.press(key);
  else if (KEYS[event.key]) KEYS[event.key]();
  else return false;
  return true;
}
