// Says that a till has taken the money, the moment it did, with the way to the receipt.
import { effect } from "@preact/signals";
import { money } from "kit/format.js";
import { locale, t, tn } from "kit/i18n.js";
import { toast } from "kit/ui.js";
import { account, now } from "./live.js";

const NEWS_MS = 3600_000;
const STAY_MS = 15_000;
let known = null;

function announce(order) {
  const paid = t("Paid: {amount}", { amount: money({ amount: order.total, currency: order.currency }) });
  const points = order.points > 0 ? tn("+{n} point", "+{n} points", order.points) : "";
  toast({
    kind: "good", text: [paid, points].filter(Boolean).join(" · "), stay_ms: STAY_MS,
    action: { label: t("Receipt"), onClick: () => location.assign(`/orders/${order.id}`) },
  });
}

// A level that was reached, in a till's sale or while nobody looked.
function announceTier(tier) {
  toast({
    kind: "good", text: t("You have reached {tier}", { tier: tier.names[locale] ?? tier.names.en }), stay_ms: STAY_MS,
    action: { label: t("Points"), onClick: () => location.assign("/points") },
  });
}

/** Watch the shopper's orders from now on. */
export function announcePaid() {
  effect(() => {
    const orders = account.value?.orders;
    if (!orders) return;
    const fresh = Object.values(orders).filter((order) => known && !known.has(order.id) && now() - order.at < NEWS_MS);
    known = new Set(Object.keys(orders));
    queueMicrotask(() => fresh.forEach(announce));
  });
  let had = null;
  effect(() => {
    if (!account.value) return;
    const tier = account.value.points.tier;
    const risen = had && tier && tier.step > had.step && now() - tier.since < NEWS_MS;
    had = { step: tier?.step ?? 0 };
    if (risen) queueMicrotask(() => announceTier(tier));
  });
}
