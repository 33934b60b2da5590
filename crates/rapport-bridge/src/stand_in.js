// Stands in for what Tauri puts into its window: one command to the core, events from it.
// `bridge.pending` tells a test how many answers are still to come.
{
  const chosen = new URLSearchParams(location.search);
  for (const name of ["language", "theme", "density"]) {
    const value = chosen.get(name);
    if (value) localStorage.setItem(`rapport.${name}`, value);
  }

  const callbacks = new Map();
  const listeners = new Map();
  let lastId = 0;
  const bridge = { pending: 0, calls: 0 };

  const transformCallback = (callback, once = false) => {
    lastId += 1;
    callbacks.set(lastId, { callback, once });
    return lastId;
  };
  const runCallback = (id, payload) => {
    const found = callbacks.get(id);
    if (!found) return;
    if (found.once) callbacks.delete(id);
    found.callback?.(payload);
  };

  const ask = async (args) => {
    bridge.pending += 1;
    bridge.calls += 1;
    try {
      const answer = await fetch("/call", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(args),
      });
      const body = await answer.json();
      if (!answer.ok) throw body;
      return body;
    } finally {
      // The page draws an answer in the task after it came.
      setTimeout(() => {
        bridge.pending -= 1;
      });
    }
  };

  const invoke = async (command, args) => {
    switch (command) {
      case "call":
        return ask(args);
      case "plugin:event|listen": {
        const id = args.handler;
        listeners.set(id, args.event);
        return id;
      }
      case "plugin:event|unlisten":
        listeners.delete(args.eventId);
        return null;
      default:
        // As the window does with what its capabilities do not list.
        throw `${command} not allowed`;
    }
  };

  const news = new EventSource("/events");
  news.onmessage = ({ data }) => {
    for (const [id, event] of listeners) {
      if (event === "touched") runCallback(id, { event, id, payload: JSON.parse(data) });
    }
  };

  const label = { label: "main" };
  window.__TAURI_INTERNALS__ = {
    metadata: { currentWindow: label, currentWebview: { ...label, windowLabel: "main" } },
    invoke,
    transformCallback,
    runCallback,
    unregisterCallback: (id) => callbacks.delete(id),
    callbacks,
  };
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: (_event, id) => listeners.delete(id) };
  window.bridge = bridge;
  // The window freezes it too.
  Object.freeze(Object.prototype);
}
