// Goods without bars, chosen by hand: a department, then its goods.
import { useEffect } from "preact/hooks";
import { Button, html, Loading } from "kit/ui.js";
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { createGoods, shelves } from "../shared/goods.js";
import { Message } from "../shared/message.js";
import { Picture } from "../shared/picture.js";
import { act, store } from "../shared/till.js";
import { named, unitPrice } from "../shared/words.js";
import { Foot } from "./foot.js";
import { go, home } from "./place.js";

const ROOM = 9;
const goods = createGoods();

function open(id) {
  goods.products.value = null;
  goods.browse(id, 0, ROOM);
  go("goods");
}

export function Shelves() {
  return html`<main class="page"><div class="page-top"><${Message} closable=${false} calm=${t("Scan at any time: it comes into the basket.")} />
      <h1>${t("Which department is it from?")}</h1></div>
    <div class="page-middle"><div class="departments">${shelves.value.map((one) => html`<${Button} key=${one.id} size="large" full
      onClick=${() => open(one.id)}><span class="hue" ref=${(dot) => dot?.style.setProperty("--hue", one.hue)}></span>${named(one.names)}<//>`)}</div></div>
    <${Foot} back=${{ onClick: home }} /></main>`;
}

async function choose(product) {
  if (await act("add", { item: product.id }) !== null) home();
}

export function Goods() {
  const { products, offset, total, department } = goods;
  useEffect(() => { if (!department.value) go("shelves"); }, []);
  const shelf = shelves.value.find((one) => one.id === department.value);
  const to = (from) => goods.browse(department.value, from, ROOM);
  return html`<main class="page"><div class="page-top"><${Message} closable=${false} calm=${t("Scan at any time: it comes into the basket.")} /><h1>${named(shelf?.names)}</h1></div>
    <div class="page-middle"><div class="goods">${products.value ? products.value.map((one) => html`<button key=${one.id} type="button" class="good" onClick=${() => choose(one)}>
      <${Picture} of=${one} /><span class="good-name">${named(one.names)}</span><span class="quiet amount">${unitPrice(one, store.value.currency)}</span></button>`)
      : html`<${Loading} />`}</div></div>
    <${Foot} back=${{ onClick: () => go("shelves") }}><div class="row goods-pages">
      <${Button} size="large" icon="chevron-left" label=${t("Page before")} disabled=${offset.value === 0} onClick=${() => to(Math.max(0, offset.value - ROOM))} />
      <span class="quiet amount">${t("{page} of {pages}", { page: number(Math.floor(offset.value / ROOM) + 1), pages: number(Math.max(1, Math.ceil(total.value / ROOM))) })}</span>
      <${Button} size="large" icon="chevron-right" label=${t("Next page")} disabled=${offset.value + ROOM >= total.value} onClick=${() => to(offset.value + ROOM)} /></div><//></main>`;
}
