// The pure half of the keyboard wedge: key presses and their times in, scanned texts out. No page, no clock.

export const MAX_SCAN_CHARS = 512;

// A scanner is a keyboard with a US layout; a Russian layout turns its "]E0" into letters. Physical codes do not change.
const CODES = {
  Space: "  ", Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:",
  Quote: "'\"", Backquote: "`~", Comma: ",<", Period: ".>", Slash: "/?", NumpadDecimal: "..", NumpadSubtract: "--",
  NumpadAdd: "++", NumpadMultiply: "**", NumpadDivide: "//",
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

/** The character that a US keyboard gives for a physical key, or "" for a key without one. */
export function character(code, shift) {
  if (/^Key[A-Z]$/.test(code)) return shift ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shift ? SHIFTED_DIGITS[code[5]] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  return CODES[code]?.[shift ? 1 : 0] ?? "";
}

/** A reader of one keyboard stream.
 *
 * `press({code, shift, at})` answers `{swallow, scan}`: `scan` is the text of a finished scan or null; `swallow` says
 * that the key belongs to a scan and must do nothing else. A text counts as scanned when it starts with an AIM
 * identifier (`]E0`) and its keys come within `prefix_gap_ms`, or when all its keys come within `gap_ms`.
 */
export function createReader({ prefix_gap_ms = 150, gap_ms = 35, min_chars = 6 } = {}) {
  let text = "";
  let last = 0;
  let widest = 0;

  const prefixed = () => text[0] === "]" && (text.length < 2 || /[A-Za-z]/.test(text[1]));
  const fast = () => widest <= gap_ms && text.length >= min_chars;
  const read = () => (/^\][A-Za-z][0-9A-Za-z]./.test(text) || fast() ? text : null);

  function press({ code, shift = false, at }) {
    if (/^(Shift|Control|Alt|Meta|CapsLock)/.test(code)) return { swallow: false, scan: null };
    const gap = at - last;
    last = at;
    if (text && gap > (prefixed() ? prefix_gap_ms : gap_ms)) text = "";
    if (code === "Enter" || code === "NumpadEnter" || (code === "Tab" && fast())) {
      const scan = read();
      text = "";
      return { swallow: scan !== null, scan };
    }
    const char = character(code, shift);
    if (!char || text.length >= MAX_SCAN_CHARS) {
      text = "";
      return { swallow: false, scan: null };
    }
    widest = text ? Math.max(widest, gap) : 0;
    text += char;
    return { swallow: text.length > 1 && (fast() || (prefixed() && text.length > 2)), scan: null };
  }

  return { press, started: () => text.length === 1 };
}
