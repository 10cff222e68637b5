// Who else has the live cart open: this page says that it looks while somebody sees it, and hears of the others.
import { computed, effect, signal } from "@preact/signals";

/** Well below the 30 s that the hub counts one word for. */
const AGAIN_MS = 12_000;
const LIVES_MS = 30_000;

const wanted = signal(false);
const heard = signal(null);

/** The terminals in front of the cart now: [{dev, app, place, doing}]. */
export const terminals = computed(() => (heard.value?.who ?? []).filter((one) => one.place));
/** From now on this page shows the cart. */
export const look = () => { wanted.value = true; };

/** Say and hear it over `link`, for the cart whose id `cart()` is; both are read as signals. */
export function lookOver(link, cart) {
  const visible = signal(!document.hidden);
  let over = 0;

  function hear(said) {
    if (said?.s !== `cart:${cart()}`) return;
    heard.value = said;
    clearTimeout(over);
    over = setTimeout(() => { heard.value = null; }, LIVES_MS);
  }

  const say = (s) => link.emit("presence", { s, doing: "look" }).then(hear).catch(() => {});
  link.on("onlookers", hear);
  document.addEventListener("visibilitychange", () => { visible.value = !document.hidden; });
  effect(() => {
    const id = cart();
    // A new greeting is a new connection, which nobody has looked over yet.
    if (!wanted.value || !id || !link.hello.value || link.status.value !== "online") {
      heard.value = null;
      return undefined;
    }
    const s = `cart:${id}`;
    if (!visible.value) {
      link.mention("presence", { s, doing: "gone" });
      return undefined;
    }
    queueMicrotask(() => say(s));
    const timer = setInterval(() => say(s), AGAIN_MS);
    return () => clearInterval(timer);
  });
}
