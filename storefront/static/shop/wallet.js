// Codes of coupons that were typed on this phone: they stay here, because the shop keeps no code in clear.

const PLACE = "omnitill_coupons:";
const KEPT_MAX = 50;
/** Refusals after which a code is good for nothing any more. */
const SPENT = ["coupon.used_up", "coupon.over", "coupon.blocked", "coupon.unknown"];

/** The codes that a shopper keeps here, newest first: `[{code, claim, names}]`. */
export function kept(shopper) {
  try {
    return JSON.parse(localStorage.getItem(PLACE + shopper) ?? "[]");
  } catch {
    return [];
  }
}

function put(shopper, rows) {
  try {
    localStorage.setItem(PLACE + shopper, JSON.stringify(rows.slice(0, KEPT_MAX)));
  } catch {
    // A browser that keeps nothing: the coupon counts in the cart all the same.
  }
}

/** Keep a code, or what is known of it now. */
export const keepCode = (shopper, row) => put(shopper, [row, ...kept(shopper).filter((one) => one.code !== row.code)]);
export const dropCode = (shopper, code) => put(shopper, kept(shopper).filter((one) => one.code !== code));
export const forgetCodes = (shopper) => localStorage.removeItem(PLACE + shopper);
export const isSpent = (error) => SPENT.includes(error?.code);
