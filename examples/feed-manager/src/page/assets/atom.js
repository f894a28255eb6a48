// The documents of the protocol: Atom (RFC 4287), AtomPub (RFC 5023), Feed Service Management.

export const ATOM = 'http://www.w3.org/2005/Atom';
export const APP = 'http://www.w3.org/2007/app';
const FSM = 'http://dret.net/fsm/1.0';
const MANAGER = 'urn:feed-manager';
const SERVICE_ENTRY = `${FSM}/service-entry`;
const BUNDLE = `${FSM}/bundle`;

export const ENTRY_TYPE = 'application/atom+xml;type=entry';
export const COLLECTION_TYPE = 'application/atom+xml;type=entry';

export function parse(text) {
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  if (parsed.getElementsByTagName('parsererror').length) throw new Error('The answer cannot be read.');
  return parsed;
}

export const write = (node) => new XMLSerializer().serializeToString(node);

export const children = (element, namespace, name) =>
  [...element.children].filter((one) => one.namespaceURI === namespace && one.localName === name);

const child = (element, namespace, name) => children(element, namespace, name)[0];

// The text of a text construct, without markup. A document made by DOMParser runs and loads nothing.
function plain(element) {
  if (!element) return '';
  const text = element.textContent;
  const isHtml = element.getAttribute('type') === 'html';
  const read = isHtml ? new DOMParser().parseFromString(text, 'text/html').body.textContent : text;
  return read.trim();
}

const links = (element, relation) =>
  children(element, ATOM, 'link').filter((one) => (one.getAttribute('rel') || 'alternate') === relation);

export const href = (element, relation) => links(element, relation)[0]?.getAttribute('href') ?? null;

export function member(entry) {
  const query = child(entry, FSM, 'query');
  return {
    title: plain(child(entry, ATOM, 'title')),
    summary: plain(child(entry, ATOM, 'summary')),
    address: href(entry, 'alternate') ?? '',
    query: query?.textContent ?? '',
    queryScheme: query?.getAttribute('scheme') ?? null,
    edit: href(entry, 'edit'),
    isBundle: links(entry, 'profile').some((one) => one.getAttribute('href') === BUNDLE),
  };
}

// The URI of a service with its query, joined by the rule of atom-fsm's fsm/invocation.rs (draft-wilde-fsm-00,
// section 2.1). A query with a scheme is of another kind, and is not appended.
export function invoked({ address, query, queryScheme }) {
  const text = query.trim().replace(/^\?/, '');
  if (!text || queryScheme !== null) return address;
  const [before, ...fragment] = address.split('#');
  const there = before.includes('?') ? before.slice(before.indexOf('?') + 1) : null;
  const joint = there === null ? '?' : there === '' || there.endsWith('&') ? '' : '&';
  return [before + joint + text, ...fragment].join('#');
}

export const isBundleFeed = (feed) =>
  links(feed, 'profile').some((one) => one.getAttribute('href') === BUNDLE);

export const title = (element) => plain(child(element, ATOM, 'title'));

export function collections(service) {
  return children(service, APP, 'workspace').flatMap((workspace) =>
    children(workspace, APP, 'collection').map((node) => ({
      node,
      href: node.getAttribute('href') ?? '',
      title: title(node),
      visibility: child(node, MANAGER, 'visibility')?.textContent.trim() ?? '',
    })));
}

function make(parent, namespace, name, fields = {}) {
  const made = parent.ownerDocument.createElementNS(namespace, name);
  for (const [field, value] of Object.entries(fields)) made.setAttribute(field, value);
  parent.append(made);
  return made;
}

// Sets the text of a child, makes the child where there is none, and removes it where the text is empty.
// A child that says the same already keeps its markup.
function setText(parent, namespace, name, text) {
  const is = child(parent, namespace, name.split(':').pop());
  if (is && plain(is) === text.trim()) return;
  if (!text.trim()) { is?.remove(); return; }
  const set = is ?? make(parent, namespace, name);
  if (namespace === ATOM) set.removeAttribute('type');
  set.textContent = text.trim();
}

const root = (namespace, name) => document.implementation.createDocument(namespace, name).documentElement;

export function newMember({ title, address, isBundle }) {
  const entry = root(ATOM, 'entry');
  setText(entry, ATOM, 'title', title);
  make(entry, ATOM, 'link', { rel: 'alternate', href: address });
  make(entry, ATOM, 'link', { rel: 'profile', href: isBundle ? BUNDLE : SERVICE_ENTRY });
  make(entry, ATOM, 'content', { src: address, type: 'application/atom+xml' });
  // Content that is elsewhere needs a summary (RFC 4287, section 4.1.2).
  setText(entry, ATOM, 'summary', title);
  return entry;
}

export function editMember(entry, { title, address, query, summary }) {
  setText(entry, ATOM, 'title', title);
  const isElsewhere = child(entry, ATOM, 'content')?.hasAttribute('src');
  setText(entry, ATOM, 'summary', summary.trim() || !isElsewhere ? summary : title);
  setText(entry, FSM, 'fsm:query', query);
  const link = links(entry, 'alternate')[0] ?? make(entry, ATOM, 'link', { rel: 'alternate' });
  const content = child(entry, ATOM, 'content');
  if (content?.getAttribute('src') === link.getAttribute('href')) content.setAttribute('src', address);
  link.setAttribute('href', address);
}

export function newCollection(fields) {
  const collection = root(APP, 'collection');
  setText(collection, ATOM, 'atom:title', fields.title);
  make(collection, APP, 'accept').textContent = ENTRY_TYPE;
  editCollection(collection, fields);
  return collection;
}

export function editCollection(collection, { title, visibility }) {
  setText(collection, ATOM, 'atom:title', title);
  setText(collection, MANAGER, 'manager:visibility', visibility);
}
