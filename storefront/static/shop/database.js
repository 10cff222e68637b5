// What this phone keeps in IndexedDB: who it is to the hub, operations on their way, the last state of each stream.
import { openDB } from "idb";
import { uuid7 } from "./ids.js";

const NAME = "omnitill-shop";
const OPEN_TIMEOUT_MS = 4000;

const of = (shopper) => IDBKeyRange.bound([shopper, 0], [shopper, Infinity]);
const made = (shopper) => ({ shopper, dev: `phone-${uuid7()}`, inc: 1, seq: 0, through: 0 });

const upgrade = (db) => {
  db.createObjectStore("devices", { keyPath: "shopper" });
  db.createObjectStore("outbox", { keyPath: ["shopper", "seq"] });
  db.createObjectStore("states", { keyPath: "stream" });
};

// A browser may neither open nor refuse, for example while another program holds its files.
const within = (ms, work) => Promise.race([work, new Promise((_, refuse) => { setTimeout(() => refuse(new Error("late")), ms); })]);

/** The phone's store. A row of the outbox is `{shopper, seq, op, shown, answered?, error?, renewed?}`: `answered` once
 *  the hub has carried it out or refused it (`error`); it goes when what is shown contains it. */
export async function openDatabase() {
  const db = await within(OPEN_TIMEOUT_MS, openDB(NAME, 1, { upgrade }));

  const both = () => {
    const tx = db.transaction(["devices", "outbox"], "readwrite", { durability: "strict" });
    return [tx, tx.objectStore("devices"), tx.objectStore("outbox")];
  };

  return {
    /** This phone as one shopper's device, made at the first use: `{shopper, dev, inc, seq, through}`. Another shopper on
     *  the same phone is another device, so nobody's operations are ever numbered among somebody else's. */
    async device(shopper) {
      const tx = db.transaction("devices", "readwrite");
      const known = await tx.store.get(shopper);
      if (!known) await tx.store.put(made(shopper));
      await tx.done;
      return known ? { through: 0, ...known } : this.device(shopper);
    },

    rows: (shopper) => db.getAll("outbox", of(shopper)),

    /** Give an operation the next number and keep it, in one transaction: what was sent can always be sent again. */
    async keep(shopper, op, shown) {
      const [tx, devices, outbox] = both();
      const known = await devices.get(shopper) ?? made(shopper);
      const row = { shopper, seq: known.seq + 1, op, shown };
      await Promise.all([devices.put({ ...known, seq: row.seq }), outbox.add(row), tx.done]);
      return row;
    },

    /** The hub answered these (`{seq, error?}`), and everything up to `through`. */
    async settle(shopper, results, through) {
      const [tx, devices, outbox] = both();
      const known = await devices.get(shopper) ?? made(shopper);
      await devices.put({ ...known, through: Math.max(known.through ?? 0, through) });
      for (const { seq, error } of results) {
        const row = await outbox.get([shopper, seq]);
        if (row) await outbox.put({ ...row, answered: true, error });
      }
      await tx.done;
    },

    /** What is shown contains these. */
    async drop(shopper, seqs) {
      const tx = db.transaction("outbox", "readwrite");
      await Promise.all([...seqs.map((seq) => tx.store.delete([shopper, seq])), tx.done]);
    },

    /** Start the count anew as a new incarnation: the hub's count and ours parted. What is still here keeps its ids and
     *  its order, also what was answered, because the hub may have forgotten it; what it has it will not do twice. */
    async renew(shopper) {
      const [tx, devices, outbox] = both();
      const known = await devices.get(shopper) ?? made(shopper);
      const rows = (await outbox.getAll(of(shopper))).filter((row) => !row.error);
      await outbox.delete(of(shopper));
      await Promise.all(rows.map((row, index) => outbox.add({ ...row, seq: index + 1, answered: false, renewed: true })));
      await devices.put({ ...known, inc: known.inc + 1, seq: rows.length, through: 0 });
      await tx.done;
    },

    /** The last known state of a stream, `{stream, e, v, state, at}`, or undefined. */
    remembered: (stream) => db.get("states", stream),
    remember: (saved) => db.put("states", saved),

    /** Forget what this phone knows of a shopper; the device's number stays, because the hub knows it. */
    async forget(shopper) {
      const tx = db.transaction(["states", "outbox"], "readwrite");
      await Promise.all([tx.objectStore("states").clear(), tx.objectStore("outbox").delete(of(shopper)), tx.done]);
    },
  };
}
