// The one door to what this phone keeps. Where the browser keeps nothing, a memory of the page's own stands in and says so.
import { signal } from "@preact/signals";
import { openDatabase } from "./database.js";
import { openMemory } from "./memory.js";

export const WAITING_MAX = 500;

/** False where what is done here is gone with the page: no IndexedDB (some private windows), or no room on the phone. */
export const lasting = signal(true);

let store = openDatabase().catch(standIn);

function standIn() {
  lasting.value = false;
  return openMemory();
}

/** As `device` of `database.js`; and so each of the following. */
export const device = async (shopper) => (await store).device(shopper);
export const rows = async (shopper) => (await store).rows(shopper);
export const settle = async (shopper, results, through) => (await store).settle(shopper, results, through);
export const drop = async (shopper, seqs) => (await store).drop(shopper, seqs);
export const renew = async (shopper) => (await store).renew(shopper);
export const remembered = async (stream) => (await store).remembered(stream);
export const remember = async (saved) => (await store).remember(saved);
export const forget = async (shopper) => (await store).forget(shopper);

/** Operations that the hub has not answered, in their order, and how many those are. */
export async function waiting(shopper, most = WAITING_MAX) {
  const open = (await rows(shopper)).filter((row) => !row.answered);
  return { rows: open.slice(0, most), count: open.length };
}

/** Keep an operation under the next number: its row, or null where too many wait. Where the phone has no room for it, the
 *  page goes on as a device of its own that keeps nothing, and `lasting` says so. */
export async function keep(shopper, op, shown) {
  if ((await waiting(shopper)).count >= WAITING_MAX) return null;
  try {
    return await (await store).keep(shopper, op, shown);
  } catch (error) {
    if (!lasting.value) throw error;
    store = Promise.resolve(standIn());
    return (await store).keep(shopper, op, shown);
  }
}
