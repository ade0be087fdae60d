// Makes every address but the kept ones unreadable before a picture is taken, and whatever cannot be read by a program.
// Answers whether nothing is left.

const kept = arguments[0].map((one) => one.toLowerCase());
const WORD = /\S*[@\uff20\ufe6b]\S*/g;
const bare = (word) => word.replace(/^[<>()[\]{},;:"'.]+|[<>()[\]{},;:"'.]+$/g, '').toLowerCase();
const isOther = (word) => /[^@]/.test(word) && !kept.includes(bare(word));
const others = (text) => (text.replace(/[\u00ad\u200b-\u200f\u2060-\u206f\ufeff]/g, '').match(WORD) || []).some(isOther);
const marked = (text) => text.replace(WORD, (word) => (isOther(word) ? '(address)' : word));
const inline = (element) => /^(inline$|contents)/.test(getComputedStyle(element).display);
const skipped = (element) => element.matches('script, style, template, noscript');

function textOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return '';
  if (node.nodeType === Node.ELEMENT_NODE && skipped(node)) return '';
  const children = [...(node.shadowRoot ? node.shadowRoot.childNodes : []), ...node.childNodes];
  const text = children.map(textOf).join('');
  return node.nodeType === Node.ELEMENT_NODE && !inline(node) ? `\n${text}\n` : text;
}

function scrub(node) {
  if (!others(textOf(node))) return;
  const children = [...(node.shadowRoot ? node.shadowRoot.childNodes : []), ...node.childNodes];
  for (const child of children) {
    if (child.nodeType === Node.TEXT_NODE) {
      if (others(child.data)) child.data = marked(child.data);
    } else if (child.nodeType === Node.ELEMENT_NODE) scrub(child);
  }
  // Still there: it is written across several elements.
  if (others(textOf(node))) node.textContent = '(address)';
}

function everyElement(root, found = []) {
  for (const element of root.querySelectorAll('*')) {
    found.push(element);
    if (element.shadowRoot) everyElement(element.shadowRoot, found);
  }
  return found;
}

const CSS =
  '*, ::before, ::after { background-image: none !important; }' +
  'img, picture, svg, canvas, video, audio, iframe, object, embed { visibility: hidden !important; }' +
  'input, textarea, [contenteditable] { filter: blur(14px) !important; -webkit-text-fill-color: transparent !important; }' +
  '::placeholder { color: transparent !important; }';

function cover(root) {
  const style = document.createElement('style');
  style.textContent = CSS;
  (root.head || root).appendChild(style);
}

if (arguments[1]) {
  cover(document);
  for (const element of everyElement(document)) if (element.shadowRoot) cover(element.shadowRoot);
  scrub(document.body);
}
const drawn = everyElement(document).some((element) =>
  ['::before', '::after'].some((part) => /[@\uff20\ufe6b]/.test(getComputedStyle(element, part).content)));
const closed = everyElement(document.body).some((element) =>
  element.tagName.includes('-') && !element.shadowRoot && !element.childNodes.length && element.getClientRects().length);
const covered = everyElement(document.body).every((element) =>
  !element.matches('img, svg, canvas, video, iframe, object, embed') || getComputedStyle(element).visibility === 'hidden');
const chosen = everyElement(document.body).some((element) => element.matches('option') && others(element.text));
return !others(textOf(document.body)) && !drawn && !closed && covered && !chosen;
