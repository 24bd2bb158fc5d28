// What pages gain with JavaScript; each works without it.

// Times are told relative to now, and stay true; the exact one is in the title.
const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function relative(time) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  time.textContent = words.format(Math.round(seconds / size), unit);
}

const refresh = () => document.querySelectorAll("time[datetime]").forEach(relative);
refresh();
setInterval(refresh, 30_000);

// The menu closes when one is elsewhere.
const menu = document.querySelector("details.me");
const close = () => menu?.removeAttribute("open");
for (const elsewhere of ["pointerdown", "focusin"]) {
  document.addEventListener(elsewhere, (event) => menu?.contains(event.target) || close());
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    close();
    menu.querySelector("summary").focus();
  }
  // "/" and Ctrl-K lead to the search.
  const search = document.querySelector("#search");
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (search && !typing && (event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey)))) {
    event.preventDefault();
    search.focus();
  }
});

// What is watched is fetched again once the server says that there is something new to see. It says no more than that. Who looks at
// another page does not listen.
const watched = () => document.querySelector("[data-watch]");
let events;
let renewing;

function listen() {
  const { watch, seen } = watched().dataset;
  events = new EventSource(`/api/v1/live?${new URLSearchParams({ of: watch, seen })}`);
  // One after the other: what is fetched last is shown last.
  events.addEventListener("changed", () => (renewing = Promise.resolve(renewing).then(renew).catch(again)));
}

/** What could not be fetched is asked for anew, by what the page shows. */
function again() {
  events.close();
  setTimeout(listen, 3_000);
}

/** A control, told by what it is and where it leads. */
const like = (one) => [one.localName, one.getAttribute("href"), one.getAttribute("name"), one.textContent].join("\n");
const controls = (place) => [...place.querySelectorAll("a, button, input, summary, [tabindex]")];

async function renew() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [watched(), page.querySelector("[data-watch]")];
  // It is not there any more, or one is signed out: the page says so itself.
  if (!answer.ok || !fresh) return location.reload();
  // Where one is and what one opened stay.
  const focused = old.contains(document.activeElement) && like(document.activeElement);
  const open = new Set([...old.querySelectorAll("details[open]")].map((one) => like(one.firstElementChild)));
  for (const one of fresh.querySelectorAll("details")) one.open = open.has(like(one.firstElementChild));
  old.replaceWith(document.adoptNode(fresh));
  // A message that came is one to read.
  const [unread, now] = [document, page].map((one) => one.querySelector("[data-unread]"));
  if (unread && now) unread.replaceWith(document.adoptNode(now));
  if (focused) controls(fresh).find((one) => like(one) === focused)?.focus();
  refresh();
}

if (watched()) {
  listen();
  document.addEventListener("visibilitychange", () => {
    events.close();
    if (!document.hidden) listen();
  });
}
