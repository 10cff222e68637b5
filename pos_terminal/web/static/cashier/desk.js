// What the cashier's page itself remembers: what is typed, which line is current, which dialog is open.
import { computed, effect, signal } from "@preact/signals";
import { N_ } from "kit/i18n.js";
import { createEntry, minor } from "../shared/entry.js";
import { createGoods } from "../shared/goods.js";
import { act, in_hand, lines, phase, show } from "../shared/till.js";
import { stepOf } from "../shared/words.js";

const ENTRY_MAX_CHARS = 60;
const FOUND_MAX = 20;

export const entry = createEntry({ max_chars: ENTRY_MAX_CHARS });
export const goods = createGoods();
/** The dialog that is open: "", "why", "card", "coupon", "gift_card", "sell_card", "balance", "more", "needs_you", "receipts", "void". */
export const dialog = signal("");
/** Which of the goods found is picked by the arrow keys. */
export const picked = signal(0);
const chosen = signal("");

/** The line that + and − and Del mean: the one chosen, else the newest in hand. */
export const current = computed(() => lines.value?.[chosen.value] ?? in_hand.value.at(-1) ?? null);
export const choose = (line) => { chosen.value = line?.id ?? ""; };

/** Words are searched for at once; a number waits for Enter (a code) or Quantity. */
export const searching = computed(() => /\D/.test(entry.text.value) && !/^[\d.]*$/.test(entry.text.value));
effect(() => {
  picked.value = 0;
  if (searching.value) goods.search(entry.text.value, FOUND_MAX);
});
// A new line in hand is the current one, whatever was chosen before it came.
let count = 0;
effect(() => {
  if (in_hand.value.length > count) chosen.value = "";
  count = in_hand.value.length;
});
effect(() => {
  if (phase.value !== "selling") entry.clear();
});

export function addProduct(product) {
  entry.clear();
  document.activeElement?.blur?.();
  return act("add", { item: product.id });
}

/** Enter in the search field: the typed number is a code, the typed words mean the product that is picked. */
export function submitEntry() {
  const text = entry.text.value.trim();
  if (searching.value) {
    const product = goods.products.value?.[picked.value];
    if (product) addProduct(product);
    return;
  }
  entry.clear();
  document.activeElement?.blur?.();
  act("scan", { text });
}

/** The typed number becomes the quantity of the current line. */
export function setQuantity() {
  const to = minor(entry.text.value, 3);
  if (!to || !current.value) {
    show({ code: "page.quantity", message: N_("Choose a line, type how many, then press Quantity.") });
    return;
  }
  entry.clear();
  change(to);
}

function change(to) {
  const line = current.value;
  if (line?.mine) act("set", { line: line.id, to, seen: line.seen });
}

/** One more or one less of the current line; the last one is taken away with Remove. */
export function step(way) {
  const line = current.value;
  if (!line?.mine || line.weighed) return;
  const to = line.quantity + way * stepOf(line);
  if (to > 0) change(to);
}

export function removeLine() {
  const line = current.value;
  if (line?.mine) act("remove", { line: line.id, seen: line.seen });
}

/** The current line if it waits elsewhere, else all that wait. */
export function take() {
  const line = current.value;
  return line && !line.mine ? act("take", { line: line.id }) : act("take_all");
}
