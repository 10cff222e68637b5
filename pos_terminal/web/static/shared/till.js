// The one store of every page here: the replica of the till's `view` as signals, and `act` for what people do.
import { batch, computed, effect, signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { setZone } from "kit/format.js";
import { locale } from "kit/i18n.js";
import * as reducer from "kit/replica_reducer.js";
import { connect } from "kit/socket.js";
import { play } from "kit/sound.js";
import { setLanguage } from "kit/theme.js";

const TRIES = 3;
const REFUSAL_STAYS_MS = 8000;
const TURNED = "pos.language_turned_at";
const TURNED_MS = 3000;

const view = signal(null);
// The one reducer of all screens; a page and its own till have no epochs.
const EPOCH = 1;
let replica = reducer.nothing;
let typed_at = null;

/** The moment of the scan that caused the newest change, by this machine's clock, or null. */
export const scanned_at = signal(null);
/** What this page was refused, until something succeeds or it has stood long enough: {code, message, params} or null. */
export const refusal = signal(null);
/** False until the first view has come. */
export const ready = computed(() => view.value !== null);

/** A signal of one key of the state; it changes only when that key does. */
export const part = (name) => computed(() => view.value?.[name]);
export const paying = part("paying");
/** A phone has this shopper's cart open now. */
export const on_phone = part("on_phone");
export const [phase, staff, people, shopper, lines, totals, taxes, payment, last_sale] =
  ["phase", "staff", "people", "shopper", "lines", "totals", "taxes", "payment", "last_sale"].map(part);
export const set_up = part("set_up");
/** The return under way, the last one that was done, and what of an exchange has not been used yet. */
export const [returning, last_return, credit] = ["returning", "last_return", "credit"].map(part);
/** What a little more would be rewarded with: `{promotion, names, measure, missing}`, the nearest first. */
export const hints = part("hints");
/** The coupons of this cart: `{claim, names, off, given}`; and what the hub is being asked to set aside, or null. */
export const coupons = part("coupons");
export const asking = part("asking");
/** Points that wait for their owner's word: `{number, points, amount, until, by_manager}`, or null. */
export const approval = part("approval");
/** Gift cards that are sold in this visit: `{id, amount, hint, fresh, live}`. */
export const cards = part("cards");
export const [store, terminal, departments, needs_you, devices, link, notice, ask, idle, demo] =
  ["store", "terminal", "departments", "needs_you", "devices", "link", "notice", "ask", "idle", "demo"].map(part);

effect(() => setZone(store.value?.zone));

const by_n = (one, other) => one.n - other.n;
const all = computed(() => Object.values(lines.value ?? {}).sort(by_n));
/** The lines in hand here, the kiosk's, those chosen in the app during this visit and those from before it, each in the order of `n`. */
export const in_hand = computed(() => all.value.filter((line) => line.mine));
export const from_kiosk = computed(() => all.value.filter((line) => !line.mine && line.origin === "kiosk"));
export const from_app = computed(() => all.value.filter((line) => !line.mine && line.origin !== "kiosk" && !line.earlier));
export const from_earlier = computed(() => all.value.filter((line) => !line.mine && line.origin !== "kiosk" && line.earlier));
/** One tap for a whole tray: each line of it is taken in hand. */
export const takeEach = (tray) => Promise.all(tray.filter((line) => line.takeable !== false).map((line) => act("take", { line: line.id })));

/** An amount in minor units as the components want it. */
export const amount = (minor) => ({ amount: minor, currency: store.value?.currency ?? "EUR" });

const socket = connect({ app: boot.kind });
/** "connecting", "online" or "offline": the link between this page and its own till. */
export const status = socket.status;

function adopt(snapshot) {
  // A till that was started again counts from the beginning: what it says replaces whatever was here.
  replica = reducer.adopt(reducer.nothing, { ...snapshot, e: EPOCH });
  view.value = replica.state;
}

async function receive(event) {
  const [next, verdict] = reducer.receive(replica, { ...event, e: EPOCH });
  if (verdict === "ignored") return;
  if (verdict === "gap") {
    adopt(await socket.emit("view", null));
    return;
  }
  batch(() => {
    replica = next;
    view.value = replica.state;
    if (event.scan ?? typed_at) scanned_at.value = event.scan ?? typed_at;
  });
}

socket.on("view", adopt);
socket.on("ev", receive);

/** Ask the till to do `command`; resolves to its result. The id is made before sending, so a repeat does nothing twice. */
export async function perform(command, body = {}) {
  const message = { id: crypto.randomUUID(), command, ...body };
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await socket.emit("do", message);
      refusal.value = null;
      // Many commands answer nothing; null is kept for a refusal (see `act`).
      return answer.result ?? {};
    } catch (error) {
      if (error.code !== "timeout" || tries >= TRIES) throw error;
    }
  }
}

/** As `perform`, for buttons and keys: a refusal stands in the notice area instead of being thrown, and null comes back. */
export async function act(command, body) {
  try {
    return await perform(command, body);
  } catch (error) {
    show({ code: error.code, message: error.message, params: error.params });
    return null;
  }
}

/** A scan that a keyboard wedge typed into this page; its stopwatch starts here. */
export async function scanTyped(text) {
  typed_at = Date.now();
  await act("scan", { text });
  typed_at = null;
}

let fading = 0;
/** Put a refusal in the notice area for a while. */
export function show(error) {
  clearTimeout(fading);
  refusal.value = error;
  fading = setTimeout(() => { refusal.value = null; }, REFUSAL_STAYS_MS);
}

/** One tone for each new `sound`, none for those from before this page. */
export function ringTones() {
  let heard = null;
  const sound = part("sound");
  effect(() => {
    if (!sound.value) return;
    if (heard !== null && sound.value.n > heard) play(sound.value.tone);
    heard = sound.value.n;
  });
}

/** Follow the till's language. A page opened with ?lang= keeps its own until somebody changes it. */
export function followLanguage() {
  const fresh = Date.now() - Number(sessionStorage.getItem(TURNED) ?? 0) < TURNED_MS;
  let first = new URL(location.href).searchParams.has("lang");
  const language = part("language");
  effect(() => {
    if (!language.value) return;
    // A server that does not follow the cookie must not make the page load itself for ever.
    if (!first && !fresh && language.value !== locale) {
      sessionStorage.setItem(TURNED, String(Date.now()));
      setLanguage(language.value);
    }
    first = false;
  });
}
