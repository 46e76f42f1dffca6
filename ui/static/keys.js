// Keys for people who decide hundreds of lines: none is lost while a page is being drawn, "?" lists them, and a dialog
// opens with its first field ready to be typed into. Streamlit's own shortcuts say which buttons have a key; without
// this file they still work.
(() => {
  if (window.bookkeeperKeys) return;
  window.bookkeeperKeys = true;

  const WAITS = 5000;   // milliseconds that a key is held for
  const SENT = 400;     // until a click has surely begun a run
  const FIELDS = 'input:not([type="radio"]):not([type="checkbox"]):not([type="hidden"]), textarea, [contenteditable="true"]';
  let held = [];
  let sentAt = -SENT;

  // From a click until the run that it begins is through; a click that begins none is forgotten after a while.
  let begun = true;
  const state = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState;
  const running = () => state() === 'running' || (!begun && performance.now() - sentAt < SENT);
  const hasKey = () => document.querySelector('.stButton kbd');
  let leftAt = -WAITS;
  const leaving = () => performance.now() - leftAt < 1000;
  const withKey = (key) => [...document.querySelectorAll('.stButton kbd')]
    .find((kbd) => kbd.getAttribute('aria-label') === `Shortcut ${key}` && !kbd.closest('button').disabled)?.closest('button');
  // The class holds the widget's key, which for a decision names what it decides on.
  const acts = (button) => button.closest('[class*="st-key-"]')?.className.match(/st-key-\S+/)?.[0] ?? '';

  const press = (button) => {
    sentAt = performance.now();
    begun = false;
    button.click();
  };

  const pump = () => {
    held = held.filter((each) => performance.now() - each.at < WAITS);
    while (held.length && !running()) {
      const { key, on } = held[0];
      const button = withKey(key);
      if (!button) return;   // under a dialog that is being left, the buttons get their keys back with the next run
      held.shift();
      // A key that was meant for lines which are gone decides nothing about those that took their place.
      if (on === acts(button) || !/_[0-9a-f]{12}$/.test(acts(button))) press(button);
    }
  };

  window.addEventListener('keydown', (event) => {
    // Escape closes an open list of choices first, and the dialog only then.
    if (event.key === 'Escape' && event.target.ariaExpanded !== 'true') leftAt = performance.now();
    // An open list of choices would keep Ctrl+Enter from the dialog's blue button.
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.ariaExpanded === 'true') {
      const go = event.target.closest('[role="dialog"]')?.querySelector('[data-testid="stBaseButton-primaryFormSubmit"]');
      if (go) {
        event.preventDefault();
        event.stopImmediatePropagation();
        go.click();
      }
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    // Under an open dialog the page's buttons have no keys; once they have, what is left of it only fades out.
    const closing = target.closest('[role="dialog"]') && (hasKey() || leaving());
    if (target.closest(FIELDS) && !closing) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : '';
    if (key === '?') {
      document.querySelector('.st-key-review_to_keys button')?.click();
      return;
    }
    if (!/^[A-Z0-9]$/.test(key)) return;
    const button = withKey(key);
    if (!button && !running() && !leaving()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button && !running() && !held.length) press(button);
    else held.push({ key, on: button ? acts(button) : '', at: performance.now() });
  }, true);

  const ready = (dialog) => {
    if (dialog.contains(document.activeElement) && document.activeElement.matches(FIELDS)) return true;
    const field = dialog.querySelector(FIELDS);
    field?.focus();
    return Boolean(field);
  };
  let asked = null;
  let dialogReady = true;

  let drawing = false;
  const drawn = () => {
    drawing = false;
    if (state() === 'running') begun = true;
    const dialog = document.querySelector('[role="dialog"]');
    if (dialog !== asked) [asked, dialogReady] = [dialog, !dialog];
    if (!dialogReady) dialogReady = ready(dialog);
    pump();
  };
  new MutationObserver(() => {
    if (!drawing) { drawing = true; requestAnimationFrame(drawn); }
  }).observe(document.documentElement, { subtree: true, childList: true, attributeFilter: ['data-test-script-state'] });
  setInterval(pump, 100);
})();
