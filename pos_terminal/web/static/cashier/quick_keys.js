// The search field and the goods under it: departments as tabs, pictures to touch, or what the search found.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Empty, html, Search, Tabs } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { shelves } from "../shared/goods.js";
import { Picture } from "../shared/picture.js";
import { store } from "../shared/till.js";
import { named, unitPrice } from "../shared/words.js";
import { addProduct, entry, goods, picked, searching, submitEntry } from "./desk.js";

const COLUMNS = 5;
const ROWS_MAX = 4;
const TILE_MIN_PX = 72;
const GAP_PX = 8;

// How many whole rows of tiles there is room for.
function useRows(frame) {
  const [rows, setRows] = useState(0);
  useEffect(() => {
    const look = new ResizeObserver(([box]) => {
      const fits = Math.floor((box.contentRect.height + GAP_PX) / (TILE_MIN_PX + GAP_PX));
      setRows(Math.min(ROWS_MAX, Math.max(1, fits)));
    });
    look.observe(frame.current);
    return () => look.disconnect();
  }, []);
  return rows;
}

function Tile({ product, picked: here }) {
  return html`<button type="button" class=${`tile ${here ? "picked" : ""}`} onClick=${() => addProduct(product)}>
    <${Picture} of=${product} /><span class="tile-price amount">${unitPrice(product, store.value.currency, { plain: true })}</span>
    <span class="tile-name">${named(product.names)}</span></button>`;
}

// Behind the last page of a department the next department begins, so two keys lead through everything.
function turn(way, room) {
  const { offset, total, department } = goods;
  const from = offset.value + way * room;
  if (from >= 0 && from < total.value) return goods.browse(department.value, from, room);
  const all = shelves.value;
  const next = all[(all.findIndex((one) => one.id === department.value) + way + all.length) % all.length];
  return goods.browse(next.id, 0, room);
}

function Pager({ room }) {
  return html`<div class="pager">
    <${Button} kind="quiet" icon="chevron-left" label=${t("Page before")} disabled=${searching.value} onClick=${() => turn(-1, room)} />
    <${Button} kind="quiet" icon="chevron-right" label=${t("Next page")} disabled=${searching.value} onClick=${() => turn(1, room)} /></div>`;
}

function Goods({ frame, rows }) {
  const found = goods.products.value;
  const room = rows * COLUMNS;
  return html`<div class="tiles" ref=${frame}>
    ${found?.length === 0 && searching.value && html`<${Empty} icon="search" title=${t("Nothing found")}>${t("Try fewer letters, or scan the code.")}<//>`}
    ${(found ?? []).slice(0, room).map((product, i) => html`<${Tile} key=${product.id} product=${product}
      picked=${searching.value && i === picked.value} />`)}</div>`;
}

export function Find() {
  return html`<div class="find"><${Search} value=${entry.text.value} onInput=${(text) => { entry.text.value = text; }} onSubmit=${submitEntry}
    label=${t("Search or code")} placeholder=${t("Search or code")} /><kbd aria-hidden="true">F2</kbd></div>`;
}

export function QuickKeys() {
  const frame = useRef(null);
  const rows = useRows(frame);
  const tabs = shelves.value.map((one) => ({ id: one.id, label: named(one.names) }));
  const open = goods.department.value || tabs[0]?.id;
  useEffect(() => {
    if (rows && open && !searching.value) goods.browse(open, 0, rows * COLUMNS);
  }, [rows, tabs.length, searching.value]);
  const shelf = useRef(null);
  useEffect(() => { shelf.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "center" }); }, [open]);
  return html`<div class="shelf" ref=${shelf}><${Tabs} label=${t("Departments")} items=${tabs} value=${searching.value ? "" : open}
      onChange=${(id) => { entry.clear(); goods.browse(id, 0, rows * COLUMNS); }} /><${Pager} room=${rows * COLUMNS} /></div>
    <${Goods} frame=${frame} rows=${rows} />`;
}
