// What the tabs of one shopper tell each other: they share one device, one count and one outbox.

const NAME = "omnitill-shop";

/** Tells the other tabs, and hears them: `tell(word)`; `hear(word)` for each `{kept}`, `{settled, through}`, `{renewed}`. */
export function createTabs(shopper, hear) {
  if (!("BroadcastChannel" in globalThis)) return { tell: () => {} };
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => { if (data?.shopper === shopper) hear(data); };
  return { tell: (word) => channel.postMessage({ shopper, ...word }) };
}
