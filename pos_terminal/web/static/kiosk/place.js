// Where on the kiosk the shopper is: `page` is "basket", "shelves", "goods", "card" or "pay"; `help` lies over all.
import { signal } from "@preact/signals";

const START = { page: "basket", help: false };

export const place = signal(START);
/** What the shopper let go of, {name, count, total} as last shown, so that "thanks" can say it; null for the next one. */
export const kept = signal(null);
export const go = (page) => { place.value = { page, help: false }; };
export const home = () => { place.value = START; };
