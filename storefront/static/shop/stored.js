// What this phone keeps: who it is to the hub, operations that were not sent, and the last state of each stream.
import { openDB } from "idb";
import { uuid7 } from "./ids.js";

const NAME = "omnitill-shop";
export const WAITING_MAX = 500;

const opened = openDB(NAME, 1, {
  upgrade(db) {
    db.createObjectStore("devices", { keyPath: "shopper" });
    db.createObjectStore("outbox", { keyPath: ["shopper", "seq"] });
    db.createObjectStore("states", { keyPath: "stream" });
  },
});

const of = (shopper) => IDBKeyRange.bound([shopper, 0], [shopper, Infinity]);

/** This phone as one shopper's device, made at the first use: `{shopper, dev, inc, seq}`. Another shopper on the same
 *  phone is another device, so nobody's operations are ever numbered among somebody else's. */
export async function device(shopper) {
  const db = await opened;
  const tx = db.transaction("devices", "readwrite");
  const known = await tx.store.get(shopper);
  const found = known ?? { shopper, dev: `phone-${uuid7()}`, inc: 1, seq: 0 };
  if (!known) await tx.store.put(found);
  await tx.done;
  return found;
}

/** Give an operation the next number and keep it, in one transaction: what was sent can always be sent again. */
export async function keep(shopper, op, shown) {
  const db = await opened;
  const tx = db.transaction(["devices", "outbox"], "readwrite");
  const known = await tx.objectStore("devices").get(shopper);
  const waiting = await tx.objectStore("outbox").count(of(shopper));
  if (waiting >= WAITING_MAX) {
    tx.abort();
    await tx.done.catch(() => {});
    return null;
  }
  const seq = known.seq + 1;
  const row = { shopper, seq, dev: known.dev, op, shown };
  await Promise.all([
    tx.objectStore("devices").put({ ...known, seq }),
    tx.objectStore("outbox").add(row),
    tx.done,
  ]);
  return row;
}

/** Operations that the hub has not answered, in their order. */
export async function waiting(shopper, most = WAITING_MAX) {
  return (await opened).getAll("outbox", of(shopper), most);
}

/** The hub answered these: they are in its books, carried out or refused. */
export async function settle(shopper, seqs) {
  const tx = (await opened).transaction("outbox", "readwrite");
  await Promise.all([...seqs.map((seq) => tx.store.delete([shopper, seq])), tx.done]);
}

/** Start the count anew as a new incarnation, because the hub's count and ours parted (the hub or this phone went back
 *  to an older copy). What waits keeps its ids and its order. */
export async function renew(shopper) {
  const tx = (await opened).transaction(["devices", "outbox"], "readwrite");
  const [devices, outbox] = [tx.objectStore("devices"), tx.objectStore("outbox")];
  const known = await devices.get(shopper);
  const rows = await outbox.getAll(of(shopper));
  await outbox.delete(of(shopper));
  await Promise.all(rows.map((row, index) => outbox.add({ ...row, seq: index + 1, renewed: true })));
  await devices.put({ ...known, inc: known.inc + 1, seq: rows.length });
  await tx.done;
}

/** The last known state of a stream, `{stream, e, v, state, at}`, or undefined. */
export const remembered = async (stream) => (await opened).get("states", stream);

export const remember = async (saved) => (await opened).put("states", saved);

/** Forget what this phone knows of a shopper; the device's number stays, because the hub knows it. */
export async function forget(shopper) {
  const tx = (await opened).transaction(["states", "outbox"], "readwrite");
  await Promise.all([tx.objectStore("states").clear(), tx.objectStore("outbox").delete(of(shopper)), tx.done]);
}
