// What the pages gain with JavaScript: keys, the scheme switch, selection, dropping a file. All of it is optional.
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- Light and dark
  const scheme = () => document.documentElement.dataset.theme
    || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const toggle = find("[data-theme-toggle]");
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const next = scheme() === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      try { localStorage.setItem("theme", next); } catch { /* it holds for this page */ }
    });
  }

  // --- Keys: / ? j k Enter x, and g followed by a letter
  const help = find("#keys");
  const rows = () => all("[data-rows] > tr").filter((row) => find("a[data-open]", row));
  const current = () => document.activeElement?.closest("[data-rows] > tr");
  const step = (by) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current());
    const next = list[Math.min(list.length - 1, Math.max(0, at === -1 ? 0 : at + by))];
    find("a[data-open]", next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const places = { d: "dashboard", p: "prospects", i: "imports", c: "icps", r: "runs" };
  let isGoing = false;
  const go = (key) => {
    const link = places[key] && find(`[data-place="${places[key]}"]`);
    if (link) link.click();
    return Boolean(link);
  };
  const keys = {
    "/": () => { const box = find("[data-search]"); if (box) { box.focus(); box.select(); } return Boolean(box); },
    "?": () => { if (help) help.showModal(); return Boolean(help); },
    j: () => { step(1); return true; },
    k: () => { step(-1); return true; },
    x: () => { const box = current() && find("input[type=checkbox]", current()); if (box) box.click(); return Boolean(box); },
    g: () => { isGoing = true; setTimeout(() => { isGoing = false; }, 1200); return true; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches("[data-search]")) { event.target.blur(); return; }
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]")) return;
    const act = isGoing && places[event.key] ? () => go(event.key) : keys[event.key];
    if (act && act()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]") && help) help.showModal();
    all("details.menu[open], details.floats[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  all("[data-show-keys]").forEach((button) => { button.hidden = false; });

  // --- A polled part waits while somebody has a question open in it
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-live]") && find("details[open]", event.target)) event.preventDefault();
  });

  // --- Selection in lists
  const count = () => {
    all("form[data-bulk]").forEach((form) => {
      const chosen = all("[data-rows] input[type=checkbox]:checked", form).length;
      const note = find("[data-chosen]", form);
      if (note) note.textContent = chosen ? `${chosen} selected` : "";
    });
  };
  const prepare = () => {
    all("[data-check-all]").forEach((box) => { box.hidden = false; });
    count();
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-check-all]")) {
      all("[data-rows] input[type=checkbox]", event.target.closest("form")).forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
    count();
  });
  document.addEventListener("htmx:afterSwap", prepare);
  prepare();

  // --- Dropping a file
  all("[data-drop]").forEach((zone) => {
    const input = find("input[type=file]", zone);
    const name = find("[data-file-name]", zone);
    const show = () => { if (name && input.files.length) name.textContent = input.files[0].name; };
    ["dragover", "dragenter"].forEach((kind) => zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); }));
    ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
    });
    input.addEventListener("change", show);
  });
})();
