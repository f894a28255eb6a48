// Requests to the page's own server, with the token of who is signed in.

import * as atom from './atom.js';

export const state = { token: null };

class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered with ${status}.`);
    Object.assign(this, { status, rule: problem.rule, path: problem.path ?? '' });
  }

  static async of(response) {
    const isProblem = response.headers.get('Content-Type')?.includes('json');
    return new Refusal(response.status, isProblem ? await response.json().catch(() => ({})) : {});
  }
}

// The path of a URI of this server, so that the token goes nowhere else.
export function pathOf(uri) {
  const url = new URL(uri, location.origin);
  return url.pathname + url.search;
}

export async function request(method, uri, { body, type, etag } = {}) {
  const headers = {};
  if (state.token) headers.Authorization = `Bearer ${state.token}`;
  if (body) headers['Content-Type'] = type;
  if (etag && !etag.startsWith('W/')) headers['If-Match'] = etag;
  const settings = { method, headers, cache: 'no-store', credentials: 'omit', redirect: 'error' };
  if (body) settings.body = atom.write(body);
  let response;
  try {
    response = await fetch(pathOf(uri), settings);
  } catch {
    throw new Error('The server cannot be reached.');
  }
  if (!response.ok) throw await Refusal.of(response);
  return response;
}

export async function read(uri) {
  const response = await request('GET', uri);
  const { documentElement: root } = atom.parse(await response.text());
  return { root, etag: response.headers.get('ETag') };
}

export const ask = async (what, uri) =>
  (await request('GET', `/fetch/${what}?uri=${encodeURIComponent(uri)}`)).json();
