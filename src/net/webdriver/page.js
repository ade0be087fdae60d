// What a person sees on the page, and what it is called. Nothing here presses, types or changes anything.

const HIDDEN = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const squeeze = (text) => (text || '').replace(HIDDEN, '').replace(/\s+/g, ' ').trim();
const fold = (text) => squeeze(text).toLowerCase();

// Every element that fits, in open shadow trees too.
function every(selector, root = document, found = []) {
  found.push(...root.querySelectorAll(selector));
  for (const host of root.querySelectorAll('*')) {
    if (host.shadowRoot) every(selector, host.shadowRoot, found);
  }
  return found;
}

const parent = (node) => node.parentElement || (node.getRootNode() || {}).host || null;

function above(element, fits) {
  for (let one = element; one; one = parent(one)) if (fits(one)) return one;
  return null;
}

const isSeen = (element) => element.checkVisibility({ checkVisibilityCSS: true, visibilityProperty: true });
const isInert = (element) => !!above(element, (one) => one.inert || one.hasAttribute('inert'));
const seen = (selector) => every(selector).filter(isSeen);

// What lies over everything else, where something does.
function dialog() {
  const open = seen('dialog[open], [role=dialog][aria-modal=true], [role=alertdialog][aria-modal=true]');
  return open.length ? open[open.length - 1] : null;
}

const CELL = 'td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]';
const tables = () => seen('table, [role=table], [role=grid], [role=treegrid]');
const rowsOf = (table) => every('tr, [role=row]', table).filter(isSeen);
const cellsOf = (row) => every(CELL, row).filter(isSeen);
const CHOICE = 'select, [role=combobox], [aria-haspopup=listbox]';

// Text without what is there to be pressed.
function plain(node) {
  let text = '';
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) text += child.data;
    else if (child.nodeType === Node.ELEMENT_NODE && isSeen(child) && !child.matches('button, [role=button], select, script, style')) {
      const gap = getComputedStyle(child).display.startsWith('inline') ? '' : ' ';
      text += gap + plain(child) + gap;
    }
  }
  return text;
}

function cellText(cell) {
  const choice = every(CHOICE, cell).find(isSeen);
  if (choice) {
    if (choice.tagName === 'SELECT') return squeeze(choice.selectedOptions.length ? choice.selectedOptions[0].text : '');
    return squeeze(choice.value || choice.innerText);
  }
  return squeeze(plain(cell)) || squeeze(cell.innerText);
}

// Whether the row shows the address, as a word of its own.
function shows(row, account) {
  const words = cellsOf(row).flatMap((cell) => cellText(cell).split(' '));
  return words.some((word) => word.replace(/^[<>()[\],;"']+|[<>()[\],;"']+$/g, '').toLowerCase() === account.toLowerCase());
}

const rowsWith = (account) => tables().flatMap(rowsOf).filter((row) => shows(row, account));

function named(element, attribute) {
  const ids = (element.getAttribute(attribute) || '').split(/\s+/).filter(Boolean);
  return ids.map((id) => element.getRootNode().getElementById(id)).filter(Boolean).map((one) => one.innerText).join(' ');
}

// A label's text without that of the field within it.
const labels = (field) => Array.from(field.labels || []).map((label) => plain(label));

function column(element, row) {
  const cell = above(element, (one) => one.matches(CELL));
  const table = above(row, (one) => one.matches('table, [role=table], [role=grid], [role=treegrid]'));
  const header = table && rowsOf(table)[0];
  const heads = header ? cellsOf(header) : [];
  const at = cell ? cellsOf(row).indexOf(cell) : -1;
  return at >= 0 && heads[at] ? heads[at].innerText : '';
}

function roleOf(element) {
  const role = element.getAttribute('role') || '';
  if (element.matches(CHOICE)) return 'choice';
  if (element.matches('fieldset, [role=radiogroup]')) return element.querySelector('input[type=radio], [role=radio]') ? 'choice' : '';
  if (element.matches('a[href]') && !role) return 'link';
  if (element.matches('button, input[type=submit], input[type=button]') || ['button', 'link', 'menuitem', 'tab'].includes(role)) return 'button';
  // A password is never typed by a program.
  const texts = ['text', 'email', 'search', 'tel', 'url', ''];
  if (element.matches('textarea') || (element.matches('input') && texts.includes(element.getAttribute('type') || ''))) return 'text';
  return '';
}

function namesOf(element, role, row) {
  const names = [named(element, 'aria-labelledby'), element.getAttribute('aria-label')];
  if (role === 'button' || role === 'link') {
    names.unshift(element.matches('input') ? element.value : element.innerText);
    names.push(element.title, ...Array.from(element.querySelectorAll('img[alt]')).map((one) => one.alt));
  } else {
    const legend = element.matches('fieldset') ? element.querySelector('legend') : null;
    names.unshift(...labels(element), legend ? legend.innerText : '');
    if (row) names.push(column(element, row));
  }
  return [...new Set(names.map(squeeze).filter(Boolean))];
}

// The controls that can be reached: within the dialog, where one is open, and within the row, where one is meant.
function controls(account) {
  const rows = account === null ? [] : rowsWith(account);
  if (account !== null && rows.length !== 1) return { rows: rows.length, controls: [] };
  const over = dialog();
  const within = (element, outer) => !outer || above(element, (one) => one === outer);
  const all = seen('button, a[href], input, textarea, select, fieldset, [role], [aria-haspopup=listbox]');
  const found = [];
  for (const element of all) {
    const role = roleOf(element);
    if (!role || isInert(element) || !within(element, over) || !within(element, rows[0])) continue;
    const enabled = !element.disabled && element.getAttribute('aria-disabled') !== 'true';
    const opens = role === 'choice' && !element.matches('select, fieldset, [role=radiogroup]');
    found.push({ element, role, names: namesOf(element, role, rows[0]), enabled, opens });
  }
  return { rows: rows.length, controls: found };
}

// The options of a choice: of a list that opened, or of the choice itself.
function options(choice) {
  const own = choice.matches('select')
    ? Array.from(choice.options)
    : choice.matches('fieldset, [role=radiogroup]')
      ? every('input[type=radio], [role=radio]', choice)
      : seen('[role=option]');
  return own.map((element) => {
    const names = [element.text, element.innerText, element.getAttribute('aria-label'), ...labels(element)];
    return { element, role: 'option', names: [...new Set(names.map(squeeze).filter(Boolean))], enabled: !element.disabled };
  });
}

function look() {
  return {
    headings: seen('h1, h2, h3, h4, h5, h6, [role=heading]').map((one) => squeeze(one.innerText)),
    controls: controls(null).controls.flatMap((one) => one.names.slice(0, 1)),
    lines: ((document.body || {}).innerText || '').split('\n').map(squeeze).filter(Boolean),
    tables: tables().map((table) => {
      const [header, ...rows] = rowsOf(table).map((row) => cellsOf(row).map(cellText));
      return { header: header || [], rows };
    }),
  };
}

// Whether what is waited for is there.
function isThere(until) {
  if (document.readyState !== 'complete') return false;
  const words = (until.words || []).map(fold);
  const holds = (text) => words.some((word) => fold(text).includes(word));
  switch (until.what) {
    case 'word': {
      // A page that the server does not have will show nothing more, nor will the browser's own in its place.
      if (location.protocol === 'chrome-error:') return true;
      const [loaded] = performance.getEntriesByType('navigation');
      if (loaded && loaded.responseStatus >= 400) return true;
      const sight = look();
      return [...sight.headings, ...sight.controls, ...sight.lines].some(holds);
    }
    case 'row':
      return rowsWith(until.account).some((row) => !words.length || cellsOf(row).some((cell) => words.includes(fold(cellText(cell)))));
    case 'no-row':
      return tables().length > 0 && rowsWith(until.account).length === 0;
    case 'control':
      return controls(until.account).controls.some((one) => one.names.some(holds));
    case 'option':
      return seen('[role=option]').length > 0;
    default:
      return true;
  }
}

// Answers once it is there, or when it has been waited for long enough.
function wait(until, patience, done) {
  let over = false;
  const end = (found) => {
    if (over) return;
    over = true;
    observer.disconnect();
    clearInterval(timer);
    clearTimeout(limit);
    done(found);
  };
  const check = () => isThere(until) && end(true);
  const observer = new MutationObserver(check);
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const timer = setInterval(check, 200);
  const limit = setTimeout(() => end(false), patience);
  check();
}

// Answers once the page is loaded and nothing on it has moved for a moment.
function rest(quiet, patience, done) {
  let since = performance.now();
  const start = since;
  const observer = new MutationObserver(() => { since = performance.now(); });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const timer = setInterval(() => {
    const now = performance.now();
    if ((document.readyState === 'complete' && now - since >= quiet) || now - start >= patience) {
      clearInterval(timer);
      observer.disconnect();
      done(true);
    }
  }, 50);
}
