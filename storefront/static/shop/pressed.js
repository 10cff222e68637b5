// What was pressed and is not in the outbox yet. The outbox answers later, and who leaves a page in that moment takes its
// open transaction along; this is written before anything is waited for, and the next page goes on with it.
import { shortList } from "./short_list.js";

const { read, write } = shortList("omnitill-pressed", 50);

/** Note what a shopper pressed: `{id, shopper, kind, body, shown}`. */
export const note = (pressed) => write([...read(), pressed]);

/** It is in the outbox, or the shopper was told why not. */
export const forgetPress = (id) => write(read().filter((one) => one.id !== id));

/** What a page of this shopper noted and did not live to keep, in its order. What somebody else left is forgotten. */
export function left(shopper) {
  const [all, own] = [read(), read().filter((one) => one.shopper === shopper)];
  if (own.length !== all.length) write(own);
  return own;
}

export const forgetPresses = () => write([]);
