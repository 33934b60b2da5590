// Runs inside the page, anew with every call; what lasts lies on the window.
const call = (name, args) => window.__TAURI_INTERNALS__.invoke("call", { name, args });
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
/** Comes back when what was drawn in this frame can be seen. */
const painted = () =>
  new Promise((done) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now());
      channel.port2.postMessage(0);
    }),
  );

const bench = {
  /** When it could, or nothing yet. */
  usable() {
    const [mark] = performance.getEntriesByName("usable");
    return mark ? performance.timeOrigin + mark.startTime : null;
  },
  async synced() {
    const { phase, waiting, lastSuccess } = await call("sync.status", {});
    return phase === "idle" && waiting === 0 && lastSuccess !== null;
  },
  async ids(count) {
    const { items } = await call("records.list", { kind: "customers", limit: count });
    return items.map((one) => one._id);
  },
  async names(count) {
    const names = [];
    let cursor;
    while (names.length < count) {
      const page = await call("records.list", { kind: "customers", limit: 200, sort: "-updatedAt", cursor });
      for (let at = 0; at < page.items.length && names.length < count; at += 7) names.push(page.items[at].name);
      cursor = page.next ?? undefined;
      if (!cursor) break;
    }
    return names;
  },
  /** From now on each key press notes when the last change of the list behind it was painted. */
  watchKeys(list) {
    window.__presses = [];
    window.__watcher?.disconnect();
    window.__keys ??= window.addEventListener("keydown", (event) => window.__presses.push({ at: event.timeStamp, end: null }), true) ?? true;
    window.__watcher = new MutationObserver(() => {
      const press = window.__presses.at(-1);
      if (press) void painted().then((now) => (press.end = now));
    });
    window.__watcher.observe(document.querySelector(list), { childList: true, subtree: true, characterData: true });
  },
  /** Of the presses that changed the list. */
  pressed() {
    return window.__presses.filter((press) => press.end !== null).map((press) => press.end - press.at);
  },
  async go(place, quietMs) {
    let last = performance.now();
    const began = last;
    const watcher = new MutationObserver(() => {
      last = performance.now();
      void painted().then((now) => (last = Math.max(last, now)));
    });
    watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
    location.hash = place;
    while (performance.now() - last < quietMs) await wait(20);
    watcher.disconnect();
    return last - began;
  },
  async writeHistory(entries) {
    const { items } = await call("records.list", { kind: "customers", limit: 1 });
    const [{ _id: customerId, assignedTo }] = items;
    const day = 86_400_000;
    for (let at = 0; at < entries; at += 200) {
      const count = Math.min(200, entries - at);
      const { ids } = await call("ids.mint", { count });
      const changes = ids.map((id, index) => {
        const fields = {
          customerId,
          assignedTo,
          type: ["call", "email", "meeting"][index % 3],
          subject: `Entry ${at + index}`,
          description: "What was said, in a sentence or two, as somebody writes it down after a call.",
          interactionDate: Date.now() - (at + index) * (day / 8),
        };
        const units = Object.entries(fields).map(([unit, value]) => [unit, { value, base: null, baseVersion: 0 }]);
        return { kind: "interactions", id, op: "put", units: Object.fromEntries(units) };
      });
      await call("records.save", { changes });
    }
    return customerId;
  },
  async scroll(rows) {
    const tall = [...document.querySelectorAll("*")].filter((one) => one.scrollHeight > one.clientHeight + 1000);
    const list = tall.sort((a, b) => b.scrollHeight - a.scrollHeight)[0];
    const row = list.querySelector("[role=row][aria-rowindex], [role=row]:not(:first-child)")?.getBoundingClientRect().height || 36;
    const end = Math.min(rows * row, list.scrollHeight - list.clientHeight);
    const step = Math.max(row, end / 600);
    const frames = [];
    list.scrollTop = 0;
    await painted();
    let before = await new Promise(requestAnimationFrame);
    while (list.scrollTop < end - 1) {
      const old = list.scrollTop;
      list.scrollTop = Math.min(end, old + step);
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - before);
      before = now;
      if (list.scrollTop === old) break;
    }
    return frames;
  },
};
