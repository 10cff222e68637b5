// What a visitor wanted to add before signing in: kept on this phone, added as soon as the shopper is known.
import { effect } from "@preact/signals";
import { account, add, shopper } from "./live.js";
import { shortList } from "./short_list.js";

const { read, write } = shortList("omnitill-wanted", 20);

/** Remember a product until somebody signs in. */
export function want(product) {
  write([...read(), product]);
}

/** Add what was wanted to the shopper's cart, each once. */
export function addWanted(done) {
  if (!shopper || !read().length) return;
  const stop = effect(() => {
    if (!account.value?.cart) return;
    const products = read();
    write([]);
    // The signal may be read inside the effect that is being made: stop it only after it has run.
    queueMicrotask(() => stop());
    Promise.all(products.map(add)).then(() => done(products));
  });
}
