/* Progressive help. Every page works without this file; nothing here knows a rule of the library.
   Listeners hang on the document, so parts that htmx swaps in need no set-up of their own. */
(() => {
  "use strict";

  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("with-script");

  /* --- A form is sent once ------------------------------------------------------------------ */

  const sending = new WeakSet();
  const hold = (form) => {
    sending.add(form);
    form.setAttribute("aria-busy", "true");
    all("[type=submit], button:not([type])", form).forEach((b) => b.setAttribute("aria-disabled", "true"));
  };
  const release = (form) => {
    sending.delete(form);
    form.removeAttribute("aria-busy");
    all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled"));
  };
  /* A scan form takes the next scan at once; static/js/scan.js keeps its line. */
  const scans = (form) => form.hasAttribute("data-scan-form");
  const changes = (form) => (form.getAttribute("method") || "get").toLowerCase() === "post";

  document.addEventListener("submit", (event) => {
    if (!sending.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !changes(form) || form.hasAttribute("target")) return; // a new tab leaves this page as it is
    hold(form);
    setTimeout(() => release(form), 15000); // a server that never answers must not lock the form for good
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const form = event.detail.elt.closest("form");
    if (form && !scans(form)) hold(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("form[aria-busy]").forEach(release);
  });

  /* --- What is new on the page: error summary, countdown -------------------------------------- */

  const countDown = (banner) => {
    // Both times are the server's, so a wrong clock on the desk does not shorten the window.
    const end = performance.now() + (Number(banner.dataset.until) - Number(banner.dataset.now)) * 1000;
    const tick = () => {
      if (!banner.isConnected) return clearInterval(timer);
      const left = Math.ceil((end - performance.now()) / 1000);
      const label = one("[data-left]", banner);
      if (label) label.textContent = Math.max(left, 0);
      if (left > 0) return undefined;
      clearInterval(timer);
      const form = one("form", banner);
      if (form && form.contains(document.activeElement)) one("main").focus();
      if (form) form.remove();
      return banner.classList.add("is-over");
    };
    const timer = setInterval(tick, 250);
    tick();
  };

  const welcome = (part) => {
    const own = (selector) => (part.matches && part.matches(selector) ? [part] : []).concat(all(selector, part));
    own("[data-until]").forEach(countDown);
    const summary = own("[data-error-summary]")[0];
    if (summary) summary.focus();
  };
  document.addEventListener("htmx:load", (event) => welcome(event.detail.elt));

  /* A refusal of a part goes to the messages at the top; one that is a whole page takes the page's place. */
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const part = one("[data-refusal]", page);
    if (part) {
      all("#messages [data-refusal]").forEach((old) => old.remove());
      return one("#messages").append(part);
    }
    if (!one("main", page)) return location.reload();
    document.title = page.title;
    const sheets = all("link[rel=stylesheet]", page.head);
    all("link[rel=stylesheet]", document.head).forEach((sheet) => sheet.remove());
    document.head.append(...sheets);
    document.body.className = page.body.className;
    document.body.replaceChildren(...page.body.childNodes);
    window.htmx.process(document.body);
    return one("main").focus();
  });

  document.addEventListener("htmx:sendError", () => {
    const place = one("#messages");
    const words = one("template", place);
    if (words) place.append(words.content.cloneNode(true));
  });

  /* --- Copy, menus --------------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        const said = copy.textContent;
        copy.textContent = copy.dataset.copied || said;
        setTimeout(() => { copy.textContent = said; }, 2000);
      });
    }
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* --- One list grammar: j k x e Enter u / ? (WCAG 2.1.4: can be switched off) ---------------- */

  const KEYS = "ill.keys";
  const PLACE = "ill.place"; // where the list stood when a row's action was sent: act and advance
  // Off for good in the account (body), or for this browser.
  const keysOn = () => document.body.dataset.keys !== "off" && localStorage.getItem(KEYS) !== "off";
  const showKeys = () => all("[data-keys-toggle]").forEach((b) => b.setAttribute("aria-pressed", String(keysOn())));
  const rows = () => all("[data-list] [data-row]");
  const current = () => rows().findIndex((row) => row.classList.contains("is-current"));

  const go = (index) => {
    const list = rows();
    if (!list.length) return;
    const row = list[Math.min(Math.max(index, 0), list.length - 1)];
    list.forEach((other) => other.classList.toggle("is-current", other === row));
    (one("[data-open]", row) || row).focus();
  };
  const remember = () => {
    if (current() >= 0) sessionStorage.setItem(PLACE, JSON.stringify([location.pathname, current()]));
  };
  const press = (selector) => { const target = one(selector); if (target) target.click(); return Boolean(target); };

  const grammar = {
    j: () => (go(current() + 1), rows().length > 0),
    k: () => (go(current() - 1), rows().length > 0),
    x: () => press(".is-current [data-select]"),
    e: () => (remember(), press(".is-current [data-primary]")),
    u: () => press("[data-undo]"),
    "/": () => { const field = one("[data-search]"); if (field) field.focus(); return Boolean(field); },
    "?": () => { const sheet = one("#keys"); if (sheet) sheet.showModal(); return Boolean(sheet); },
  };

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
    if (menu) { menu.open = false; one("summary", menu).focus(); return; }
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]") || !keysOn()) return;
    if (Object.hasOwn(grammar, event.key) && grammar[event.key]()) event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-list] [data-row]");
    if (row) rows().forEach((other) => other.classList.toggle("is-current", other === row));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-primary]")) remember();
    if (event.target.closest("[data-keys-help]")) one("#keys").showModal();
    if (!event.target.closest("[data-keys-toggle]")) return;
    localStorage.setItem(KEYS, keysOn() ? "off" : "on");
    showKeys();
  });
  // After htmx has taken the handled row out of its list, the row now in its place comes next.
  document.addEventListener("htmx:afterSettle", () => {
    const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    sessionStorage.removeItem(PLACE);
    const elsewhere = one("[data-scan], [data-error-summary]");
    if (place && place[0] === location.pathname && !elsewhere) go(place[1]);
  });

  const start = () => {
    welcome(document.body);
    showKeys();
    document.dispatchEvent(new Event("htmx:afterSettle"));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
