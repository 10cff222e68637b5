// What a pending operation will do to the cart, until the hub says what it did. Pure; counts pieces, never money.

const HUB = "hub";

const joinable = (state, body) => Object.values(state.lines).find((line) =>
  line.owner === HUB && line.item === body.item && line.fulfilment === body.fulfilment && !line.weighed
  && (line.pack ?? 0) === (body.pack ?? 0));

const withLine = (state, line) => ({ ...state, lines: { ...state.lines, [line.id]: line } });

// Without its price: what more of it costs is the hub's to say.
const changed = (line, quantity) => ({ ...line, quantity: Math.max(0, quantity), total: null, pending: true });

function added(state, { body, shown, at }) {
  const line = state.lines[body.line] ?? joinable(state, body);
  if (line) return put(state, changed(line, line.quantity + body.quantity));
  if (body.quantity <= 0 || !shown) return state;
  const n = 1 + Math.max(0, ...Object.values(state.lines).map((one) => one.n));
  return withLine(state, {
    ...shown, id: body.line, item: body.item, quantity: body.quantity, weighed: false, pack: body.pack ?? 0, owner: HUB, origin: "online",
    place: null, fulfilment: body.fulfilment, total: null, n, at, pending: true,
  });
}

function put(state, line) {
  if (line.quantity > 0) return withLine(state, line);
  const lines = { ...state.lines };
  delete lines[line.id];
  return { ...state, lines };
}

/** The cart after an operation `{kind, body, shown?, at}` that waits for its answer. */
export function effect(state, op) {
  const line = state.lines?.[op.body.line];
  switch (op.kind) {
    case "cart.add": return added(state, op);
    case "cart.set": return line ? put(state, changed(line, line.quantity + op.body.to - op.body.seen)) : state;
    case "cart.remove": return line ? put(state, changed(line, line.quantity - op.body.seen)) : state;
    case "hold.void": return { ...state, coupons: (state.coupons ?? []).filter((one) => one.claim !== op.body.hold) };
    default: return state;
  }
}
