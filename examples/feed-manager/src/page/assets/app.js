// The page: a client of its own server. What a server or feed says becomes text or a checked link.

import * as atom from './atom.js';
import { ask, pathOf, read, request, state } from './server.js';
import { $, act, element, hint, link, preview, say, show } from './show.js';

const KEY = 'token';
Object.assign(state, { token: sessionStorage.getItem(KEY), collections: [], path: null, next: null });

// --- Signing in ---

$('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  act(event.submitter ?? form.querySelector('button'), form.querySelector('.problem'), async () => {
    state.token = $('token').value.trim();
    try {
      await load();
    } catch (error) {
      state.token = null;
      throw error.status === 401 ? new Error('This token is not known here.') : error;
    }
    sessionStorage.setItem(KEY, state.token);
    form.reset();
    $('title').focus();
  });
});

$('sign-out').addEventListener('click', () => {
  sessionStorage.removeItem(KEY);
  location.replace(location.pathname);
});

async function load() {
  const { root } = await read('/service');
  state.collections = atom.collections(root);
  $('sign-in').hidden = true;
  $('work').hidden = $('sign-out').hidden = false;
  const links = state.collections.map((one) => element('li', {}, element('a', {
    href: `#${pathOf(one.href)}`, textContent: one.title || one.href,
  })));
  $('collections').replaceChildren(...links);
  const wanted = named();
  const isThere = state.collections.some((one) => pathOf(one.href) === wanted);
  const first = state.collections[0];
  await open(isThere || !first ? wanted : pathOf(first.href));
}

// --- A collection ---

// The path of a collection that the address of the page names: of two names of this server, and nothing
// else, so that no link of somebody leads from here to another place.
function named() {
  const found = /^#(\/[a-z0-9-]{1,128}\/[a-z0-9-]{1,128})$/.exec(location.hash);
  return found ? found[1] : '';
}

const own = () => state.collections.find((one) => pathOf(one.href) === state.path);

async function open(path) {
  state.path = path;
  $('collection').hidden = !path;
  if (!path) return;
  for (const one of $('collections').querySelectorAll('a')) {
    if (one.hash === `#${path}`) one.setAttribute('aria-current', 'page');
    else one.removeAttribute('aria-current');
  }
  const { root } = await read(path);
  const mine = own();
  $('title').textContent = atom.title(root);
  $('visibility').textContent = mine?.visibility ?? '';
  $('as-feed').href = `${location.origin}${path}`;
  $('as-opml').href = `${location.origin}${path}.opml`;
  const isShared = !state.token || mine?.visibility === 'public';
  $('as-feed').hidden = $('as-opml').hidden = !isShared;
  for (const id of ['edit-collection', 'delete-collection', 'find']) $(id).hidden = !mine;
  forget();
  $('members').replaceChildren();
  add(root);
}

function add(feed) {
  const mine = Boolean(own());
  for (const entry of atom.children(feed, atom.ATOM, 'entry')) $('members').append(row(entry, mine));
  state.next = atom.href(feed, 'next');
  $('more').hidden = !state.next;
  $('empty').hidden = $('members').children.length > 0;
}

$('more').addEventListener('click', (event) => act(event.target, $('status'), async () => {
  add((await read(state.next)).root);
}));

function row(entry, isMine) {
  const it = atom.member(entry);
  const made = $('member-template').content.cloneNode(true).firstElementChild;
  const find = (selector) => made.querySelector(selector);
  const name = it.title || it.address;
  find('h3').append(link(it.address, name));
  find('.badge').textContent = it.isBundle ? 'bundle' : '';
  find('.where').textContent = it.query ? `${it.address} · ${it.query}` : it.address;
  find('.summary').textContent = it.summary === it.title ? '' : it.summary;
  for (const button of made.querySelectorAll('button')) {
    const wants = button.dataset.do;
    button.setAttribute('aria-label', `${button.textContent}: ${name}`);
    button.hidden = wants === 'preview' ? !state.token : !(isMine && it.edit);
    button.addEventListener('click', () => actions[wants](it, button, find('.preview')));
  }
  return made;
}

const actions = {
  preview(it, button, place) {
    place.hidden = !place.hidden;
    button.setAttribute('aria-expanded', String(!place.hidden));
    if (place.hidden) return;
    place.replaceChildren(element('p', { className: 'hint', textContent: 'Loading …' }));
    act(button, place, async () => preview(await ask('preview', atom.invoked(it)), place));
  },
  edit: (it) => editMember(it),
  delete: (it) => confirmDeletion(it.edit, it.title || it.address, 'Deleted.'),
};

// --- Adding a feed ---

let found = null;

function forget() {
  found = null;
  $('found').hidden = true;
  $('candidates').replaceChildren();
  $('found-preview').replaceChildren();
  show($('find').querySelector('.problem'));
}

const typed = () => {
  const text = $('address').value.trim();
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/]*:\d/.test(text) ? text : `https://${text}`;
};

$('find').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  forget();
  act(form.querySelector('button'), form.querySelector('.problem'), () => look(typed()));
});

async function look(uri) {
  try {
    offer(await ask('preview', uri));
  } catch (error) {
    // What is not a feed may be a page that has some.
    if (error.status !== 422) throw error;
    const { candidates } = await ask('find', uri);
    if (!candidates.length) throw error;
    if (candidates.length === 1) await choose(candidates[0]);
    else $('candidates').replaceChildren(...candidates.map(candidate));
  }
}

async function choose({ uri, title, type }) {
  try {
    offer(await ask('preview', uri));
  } catch (error) {
    // A feed of another format is added all the same.
    if (error.status !== 422) throw error;
    offer({ uri, title: title || uri, entries: [] }, `${type} cannot be previewed.`);
  }
}

function candidate(one) {
  const button = element('button', { type: 'button', textContent: one.title || one.uri, title: one.uri });
  button.addEventListener('click', () =>
    act(button, $('find').querySelector('.problem'), () => choose(one)));
  return element('li', {}, button);
}

function offer(what, note) {
  found = { address: what.uri, isBundle: Boolean(what.isBundle) };
  $('found').hidden = false;
  $('found-title').value = what.title || what.uri;
  $('add').textContent = found.isBundle ? 'Subscribe' : 'Add';
  if (note) $('found-preview').replaceChildren(hint(note));
  else preview(what, $('found-preview'));
  $('found-title').focus();
}

$('add').addEventListener('click', () =>
  act($('add'), $('find').querySelector('.problem'), async () => {
    const body = atom.newMember({ ...found, title: $('found-title').value });
    await request('POST', state.path, { body, type: atom.ENTRY_TYPE });
    const isBundle = found.isBundle;
    $('find').reset();
    await open(state.path);
    say(isBundle ? 'Subscribed.' : 'Added.');
    $('address').focus();
  }));

// --- Editing ---

const dialog = $('edit-dialog');
const form = dialog.querySelector('form');
let editing = null;

// Opens the dialog for what `load` reads; `save` sends it.
async function edit(kind, heading, load, save) {
  editing = { load, save };
  $('edit-heading').textContent = heading;
  for (const field of dialog.querySelectorAll('[data-for]')) field.hidden = field.dataset.for !== kind;
  form.reset();
  clearProblems();
  await load();
  dialog.showModal();
  $('edit-title').focus();
}

function clearProblems() {
  $('reload').hidden = true;
  for (const place of dialog.querySelectorAll('.problem')) show(place);
  for (const input of dialog.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
}

// Shows the server's problem next to the field that it concerns.
function showProblem(error) {
  if (error.status === 412) {
    $('reload').hidden = false;
    show($('edit-problem'), new Error('Somebody changed this in the meantime.'));
    return;
  }
  // The path leads to the field; where the field is missing, the rule names it, such as entry-title.
  const concerns = ({ dataset: { path } }) =>
    new RegExp(`[/:]${path}(\\[|/|$)`).test(error.path) || error.rule?.split('-').includes(path);
  const inputs = [...dialog.querySelectorAll('[data-path]')];
  const at = inputs.find((input) => !input.closest('[hidden]') && concerns(input));
  if (at) at.setAttribute('aria-invalid', 'true');
  show(at ? at.closest('.field').querySelector('.problem') : $('edit-problem'), error);
  at?.focus();
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  clearProblems();
  const button = form.querySelector('.primary');
  button.disabled = true;
  try {
    await editing.save();
    dialog.close();
    say('Saved.');
  } catch (error) {
    showProblem(error);
  } finally {
    button.disabled = false;
  }
});

$('reload').addEventListener('click', () =>
  act($('reload'), $('edit-problem'), async () => {
    await editing.load();
    $('reload').hidden = true;
    $('edit-title').focus();
  }));

function editMember({ edit: uri }) {
  let entry;
  let etag;
  const load = async () => {
    ({ root: entry, etag } = await read(uri));
    const it = atom.member(entry);
    $('edit-title').value = it.title;
    $('edit-address').value = it.address;
    $('edit-query').value = it.query;
    $('edit-summary').value = it.summary;
  };
  const save = async () => {
    const changed = entry.cloneNode(true);
    atom.editMember(changed, {
      title: $('edit-title').value,
      address: $('edit-address').value.trim(),
      query: $('edit-query').value,
      summary: $('edit-summary').value,
    });
    await request('PUT', uri, { body: changed, type: atom.ENTRY_TYPE, etag });
    await open(state.path);
  };
  return edit('member', 'Edit', load, save).catch((error) => say(error.message));
}

const visibility = () => form.elements.visibility.value;

$('new').addEventListener('click', () => edit('collection', 'New bundle', async () => {}, async () => {
  const body = atom.newCollection({ title: $('edit-title').value, visibility: visibility() });
  const response = await request('POST', '/service', { body, type: atom.COLLECTION_TYPE });
  location.hash = pathOf(response.headers.get('Location'));
  await load();
}));

$('edit-collection').addEventListener('click', () => {
  let etag;
  let node;
  const fill = async () => {
    ({ etag } = await read(state.path));
    state.collections = atom.collections((await read('/service')).root);
    ({ node } = own());
    $('edit-title').value = own().title;
    form.elements.visibility.value = own().visibility || 'private';
  };
  edit('collection', 'Edit bundle', fill, async () => {
    const body = node.cloneNode(true);
    atom.editCollection(body, { title: $('edit-title').value, visibility: visibility() });
    await request('PUT', state.path, { body, type: atom.COLLECTION_TYPE, etag });
    await load();
  }).catch((error) => say(error.message));
});

// --- Deleting ---

const deletion = $('delete-dialog');
let deleting = null;

async function confirmDeletion(uri, name, done) {
  try {
    const { etag } = await read(uri);
    deleting = { uri, etag, done };
  } catch (error) {
    say(error.message);
    return;
  }
  $('delete-what').textContent = name;
  show(deletion.querySelector('.problem'));
  deletion.showModal();
}

$('delete-collection').addEventListener('click', () =>
  confirmDeletion(state.path, `${$('title').textContent}, with all that is in it`, 'Deleted.'));

deletion.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  act(deletion.querySelector('.primary'), deletion.querySelector('.problem'), async () => {
    const { uri, etag, done } = deleting;
    try {
      await request('DELETE', uri, { etag });
    } catch (error) {
      throw error.status === 412 ? new Error('Somebody changed this in the meantime.') : error;
    }
    deletion.close();
    await load();
    say(done);
    $('title').focus();
  });
});

for (const button of document.querySelectorAll('[data-close]')) {
  button.addEventListener('click', () => button.closest('dialog').close());
}

// --- Start ---

addEventListener('hashchange', async () => {
  const path = named();
  if (!path || path === state.path) return;
  await open(path).catch((error) => say(error.message));
  $('title').focus();
});

async function start() {
  const path = named();
  try {
    if (state.token) return await load();
    if (!path) return undefined;
    // Anyone sees what is public.
    document.querySelector('nav').hidden = true;
    await open(path);
    $('work').hidden = false;
    $('sign-in').hidden = true;
  } catch (error) {
    if (error.status === 401) sessionStorage.removeItem(KEY);
    state.token = null;
    document.querySelector('nav').hidden = false;
    show($('sign-in').querySelector('.problem'), error);
  }
  return undefined;
}

start();
