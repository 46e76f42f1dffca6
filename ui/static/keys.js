// Keys for people who decide hundreds of lines. A key pressed while the page or a dialog is being drawn is held and
// does then what it would have done: it presses a button, or is typed into the dialog that the key before it opened.
// "?" lists the keys, Ctrl+Enter presses a dialog's main button, and a dialog opens with its first field ready to be
// typed into. Streamlit's own shortcuts say which buttons have a key; without this file they still work.
(() => {
  if (window.bookkeeperKeys) return;
  window.bookkeeperKeys = true;

  const HELD = 5000;    // milliseconds that a key is held for, from its press or from the key before it
  const MISSING = 500;  // of these while the page is at rest and has nothing that the key could mean
  const BEGINS = 1000;  // until a click has surely begun a run, or a dialog that is left is gone
  const DIALOG = '.stDialog [role="dialog"]';   // popovers have the role as well, and keep the page's keys
  const FIELDS = 'input:not([type="radio"]):not([type="checkbox"]):not([type="hidden"]):not([type="file"]), textarea, [contenteditable="true"]';
  const GO = 'Ctrl+Enter';
  const now = () => performance.now();

  let held = [];         // in the order in which they were pressed
  let movedAt = 0;       // when the key before the first of them did its work
  let restedAt = 0;      // since when the page is at rest, 0 while it is not
  let awaitedUntil = 0;  // for a run that is asked for and has not begun
  let left = null;       // the dialog that was left with Escape, and when
  let leftAt = 0;
  let keyed = false;     // whether the page behind the dialogs has keys
  let sent = null;       // the dialog whose main button was pressed, until the runs that follow are through

  const state = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState;
  const running = () => state() !== 'notRunning' || now() < awaitedUntil;
  const pageKeys = () => [...document.querySelectorAll('.stButton kbd')].filter((kbd) => !kbd.closest(DIALOG));
  // Under an open dialog the page's buttons have no keys; once they have, what is left of it only fades out.
  const dialog = () => {
    const found = document.querySelector(DIALOG);
    const leaving = found === left && now() - leftAt < BEGINS;
    return leaving || pageKeys().length ? null : found;
  };
  const mainButton = (within) => [...within.querySelectorAll('button kbd')]
    .find((kbd) => kbd.getAttribute('aria-label')?.endsWith('+ Enter'))?.closest('button');
  const buttonOf = (key) => (key === '?'
    ? document.querySelector('.st-key-review_to_keys button')
    : pageKeys().find((kbd) => kbd.getAttribute('aria-label') === `Shortcut ${key.toUpperCase()}`
      && !kbd.closest('button').disabled)?.closest('button'));
  // The class holds the widget's key, which for a decision names what it decides on.
  const acts = (button) => button?.closest('[class*="st-key-"]')?.className.match(/st-key-\S+/)?.[0] ?? '';
  const decides = (button) => /_[0-9a-f]{12}$/.test(acts(button));

  // --- the first field of a dialog --------------------------------------------------------------

  let seen = null;       // the dialog that was open last
  let prepared = null;   // the dialog whose first field took the focus
  const inField = (within) => within.contains(document.activeElement) && document.activeElement.matches(FIELDS);
  const prepare = () => {
    const open = dialog();
    seen = open ?? seen;
    if (!document.querySelector(DIALOG)) keyed = pageKeys().length > 0;
    if (!open || open === prepared) return;
    if (!inField(open)) open.querySelector(FIELDS)?.focus();
    if (inField(open)) prepared = open;
  };
  // A field whose script is still being loaded has a skeleton in its place.
  const drawn = (open) => open === prepared || (!running() && !open.querySelector('[data-testid="stSkeleton"]'));

  // --- what a key does: true if it has done its work or has none any more, false while it has to wait -----------

  const press = (button) => {
    button.click();
    return true;
  };

  const pressMain = (open) => {
    const button = mainButton(open);
    if (!button || button.disabled) return false;
    if (inField(open) && !button.closest('[data-testid="stForm"]')) {   // outside a form a field tells its text when left
      const field = document.activeElement;
      field.blur();
      field.focus();
    }
    return press(button);
  };

  const type = (open, key) => {
    if (open !== prepared) return false;
    if (!inField(open)) open.querySelector(FIELDS)?.focus();
    const field = document.activeElement;
    if (key !== 'Enter') return document.execCommand('insertText', false, key) || true;
    if (field.role === 'combobox' && field.ariaExpanded !== 'true') return false;
    field.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, keyCode: 13, bubbles: true, cancelable: true }));
    return true;
  };

  const act = ({ key, on, within, leaves }) => {
    const open = dialog();
    if (open && leaves) return false;   // it was meant for the page; a dialog that stays drops it
    if (open && within && within !== open) return true;   // it was meant for another dialog
    if (open && key === GO) return !running() && pressMain(open);
    if (open) return (key.length === 1 || !running()) && type(open, key);
    if (running()) return false;
    if (within) return true;   // the dialog that it was meant for is gone
    const button = buttonOf(key);
    if (!button) return false;
    // A key that was meant for lines which are gone decides nothing about those that took their place.
    return (decides(button) && on !== acts(button)) || press(button);
  };

  let pausing = false;
  const pump = () => {
    const open = dialog();
    const resting = !running() && (!open || drawn(open));
    restedAt = resting ? restedAt || now() : 0;
    // A dialog that decides runs twice: what it does, and then the page without it.
    if (restedAt && now() - restedAt > MISSING) sent = null;
    while (held.length && !pausing) {
      const [first] = held;
      const since = Math.max(first.at, movedAt);
      if (now() - since > HELD) held = [];   // with all that was to come after it
      else if (act(first) || (restedAt && now() - Math.max(since, restedAt) > MISSING)) {
        held.shift();
        movedAt = now();
        if (open && first.key.length === 1 && held[0]?.key.length === 1) continue;
        // A list of choices has to follow what was typed, and a form what was chosen.
        pausing = true;
        requestAnimationFrame(() => requestAnimationFrame(() => { pausing = false; pump(); }));
      } else return;
    }
  };

  // --- what comes in ------------------------------------------------------------------------------

  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const hold = (event, key, more) => {
    swallow(event);
    held.push({ key, at: now(), ...more });
    pump();
  };

  window.addEventListener('keydown', (event) => {
    if (event.isComposing || !event.isTrusted || !event.key) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const open = dialog();
    if (event.key === 'Escape') {
      // Escape closes an open list of choices first, and the dialog only then.
      if (open && target.ariaExpanded !== 'true') {
        [left, leftAt, awaitedUntil] = [open, now(), now() + BEGINS];
      }
      held = [];
      return;
    }
    const go = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (!go && (event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && event.key !== 'Enter'))) return;
    const waits = held.length > 0 || running() || (open && !drawn(open));
    const around = target.closest(DIALOG);
    const field = target.closest(FIELDS);
    const going = held.some(({ key }) => key === GO);
    if (go) {
      const ownedByPage = field && !around;
      if (going || (open && open === sent)) swallow(event);   // pressed twice in haste
      else if (!ownedByPage && (waits || (open && mainButton(open)))) hold(event, GO, { within: around ?? open });
      return;
    }
    const closing = Boolean(around) && ((!open && around === seen) || open === sent);
    if (field && !closing) {
      if (going) held = [];   // whoever goes on typing has not done yet
      if (held.length) hold(event, event.key, { within: around });
      return;
    }
    const leaves = closing || going;   // what is pressed then is meant for the page behind the dialog
    const named = /^[a-z0-9?]$/i.test(event.key);
    const button = named && (!open || leaves) ? buttonOf(event.key) : null;
    if (event.repeat && decides(button)) {   // a key held down decides once
      swallow(event);
      return;
    }
    // A space or Enter on a button is that button's.
    const free = named || held.length > 0 || target === document.body || target.matches(DIALOG);
    if (free && (button || waits || leaves)) {
      hold(event, event.key, { on: acts(button), within: leaves ? null : open, leaves });
    }
  }, true);

  window.addEventListener('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('.stButton button, .stFormSubmitButton button');
    if (!button) return;
    awaitedUntil = now() + BEGINS;
    if (keyed && button.matches('[data-testid^="stBaseButton-primary"]')) sent = button.closest(DIALOG);
  }, true);
  window.addEventListener('pointerdown', () => { held = []; }, true);

  let drawing = false;
  new MutationObserver(() => {
    if (state() === 'running') awaitedUntil = 0;
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => { drawing = false; prepare(); pump(); });
  }).observe(document.documentElement, { subtree: true, childList: true, attributeFilter: ['data-test-script-state'] });
  setInterval(() => { prepare(); pump(); }, 100);
})();
