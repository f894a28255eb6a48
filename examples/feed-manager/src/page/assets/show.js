// What is shown: text, checked links, messages, and previews of feeds. What a feed says becomes text, a link to
// the web, or the content of a frame that runs nothing.

export const $ = (id) => document.getElementById(id);

export function element(name, fields = {}, ...children) {
  const made = Object.assign(document.createElement(name), fields);
  made.append(...children);
  return made;
}

// A URI that a link may have: http or https, or none.
function webUri(uri) {
  try {
    const url = new URL(uri);
    return ['http:', 'https:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function link(uri, text) {
  const href = webUri(uri);
  return href
    ? element('a', { href, textContent: text, target: '_blank', rel: 'noopener noreferrer' })
    : element('span', { textContent: text });
}

let clearing;
export function say(text) {
  $('status').textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => { $('status').textContent = ''; }, 6000);
}

export function show(place, error) {
  place.replaceChildren();
  if (!error) return;
  place.append(error.message);
  if (error.rule) place.append(' ', element('code', { textContent: error.rule }));
}

// Runs what a button does, once at a time; what goes wrong is shown at the place.
export async function act(button, place, run) {
  if (button.disabled) return;
  show(place);
  button.disabled = true;
  try {
    await run();
  } catch (error) {
    show(place, error);
  } finally {
    button.disabled = false;
  }
}

const FRAME = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Entry</title>'
  + '<link rel="stylesheet" href="/assets/content.css"><body>';

export function preview(found, place) {
  const items = found.entries.map((entry) => {
    const when = entry.updated && new Date(entry.updated);
    const heading = element('summary', {}, element('span', { textContent: entry.title || '(no title)' }));
    if (when) {
      heading.append(element('time', { dateTime: entry.updated, textContent: when.toLocaleDateString() }));
    }
    const details = element('details', {}, heading);
    details.addEventListener('toggle', () => {
      if (!details.open || details.children.length > 1) return;
      if (entry.link) details.append(link(entry.link, 'Open the page'));
      if (entry.html) details.append(frame(entry));
      if (entry.isCut) details.append(hint('The rest of this entry is left out.'));
    });
    return element('li', {}, details);
  });
  const list = element('ul', { className: 'entries' }, ...items);
  place.replaceChildren(items.length ? list : hint('This feed has no entries.'));
  if (found.cut) place.append(hint(`The feed ends too early: ${found.cut}`));
  if (found.diagnostics) {
    const number = found.diagnostics;
    const summary = `${number} ${number === 1 ? 'mistake' : 'mistakes'} in this feed`;
    const mistakes = found.first.map((text) => element('li', { className: 'hint', textContent: text }));
    place.append(element('details', {}, element('summary', { className: 'hint', textContent: summary }),
      element('ul', {}, ...mistakes)));
  }
}

export const hint = (text) => element('p', { className: 'hint', textContent: text });

// What an entry says was sanitised by the server. The frame runs nothing and has no part in this page.
function frame(entry) {
  const made = element('iframe', { title: `Content of ${entry.title || 'an entry'}` });
  made.setAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox');
  made.srcdoc = FRAME + entry.html;
  return made;
}
